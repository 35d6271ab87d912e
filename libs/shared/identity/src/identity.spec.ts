import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HashTable64, PARTITIONS, hash64, ordinalOf, partitionOf, partitionOfOrdinal, userEntity } from './index.js';

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
