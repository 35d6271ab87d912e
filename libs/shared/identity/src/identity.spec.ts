import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HashTable64, PARTITIONS, hash64, ordinalOf, partitionOf, partitionOfOrdinal, userEntity, uuidV7 } from './index.js';

describe('hash64', () => {
  it.each([
    ['', 0, 0],
    ['a', 2811532092, 1431744539],
    ['abcde', 3309317883, 1562691004],
    ['123456789', 3327686331, 295310674],
    ['0123456789abcdef', 4219290633, 917426954],
    ['The quick brown fox jumps over the lazy dog', 789939139, 3975031911],
    ['ü-Ünïcode-漢字', 3717757135, 2179924570],
  ])('agrees with the reference MurmurHash3_x86_128 on %p', (text, lo, hi) => {
    expect(hash64(text)).toEqual({ lo, hi });
  });

  it('takes strings longer than its buffer, and is not disturbed by what it hashed before', () => {
    const before = hash64('short');
    hash64('x'.repeat(20_000));
    expect(hash64('short')).toEqual(before);
  });
});

describe('partitionOf', () => {
  it('spreads users evenly and stays in range', () => {
    const counts = new Array<number>(PARTITIONS).fill(0);
    for (let i = 0; i < 64_000; i++) counts[partitionOf('default', userEntity(`user-${i}`))]!++;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });

  it('recovers the partition of an ordinal', () => {
    fc.assert(fc.property(fc.nat(1_000_000), fc.nat(PARTITIONS - 1), (n, partition) => {
      expect(partitionOfOrdinal(ordinalOf(n, partition))).toBe(partition);
    }));
  });
});

describe('HashTable64', () => {
  it('answers what a Map answers', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.string(), fc.nat())), (entries) => {
      const table = new HashTable64(1);
      const map = new Map<string, number>();
      for (const [key, value] of entries) {
        table.set(hash64(key), value);
        map.set(key, value);
      }
      expect(table.size).toBe(map.size);
      for (const [key, value] of map) expect(table.get(hash64(key).lo, hash64(key).hi)).toBe(value);
      expect(table.get(1, 2)).toBe(-1);
    }));
  });
});

describe('uuidV7', () => {
  it('has the form of RFC 9562 and holds the time', () => {
    expect(uuidV7(0x017f22e279b0, Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]))).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('is valid and sorted by time whatever the random bytes', () => {
    fc.assert(fc.property(fc.nat(2 ** 47), fc.uint8Array({ minLength: 10, maxLength: 10 }), fc.uint8Array({ minLength: 10, maxLength: 10 }), (time, a, b) => {
      expect(uuidV7(time, a)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(uuidV7(time, a) < uuidV7(time + 1, b)).toBe(true);
    }));
  });
});
