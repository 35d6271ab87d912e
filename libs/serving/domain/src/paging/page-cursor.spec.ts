import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeOrdinals, encodeOrdinals } from './ordinal-set.js';
import { openCursor, signCursor, type ListIdentity } from './page-cursor.js';

const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const key = new Uint8Array(32).fill(7);
const list: ListIdentity = { placement: 'home', visitor: { kind: 'user', id: 'ann' }, shape: { exclude: ['a'] } };
const position = { shown: [3, 64, 65, 70_000], expiresAtMs: 5_000_000 };
const reasonOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as { code: string; reason: string }).code === 'INVALID_ARGUMENT' ? (error as { reason: string }).reason : String(error);
  }
};

describe('a set of ordinals', () => {
  it('comes back as it was, whatever is in it', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.oneof(fc.nat(200), fc.nat(2 ** 31 - 1)), { maxLength: 1000 }), (ordinals) => {
      expect(decodeOrdinals(encodeOrdinals(ascending(ordinals)))).toEqual(ascending(ordinals));
    }));
  });

  it('takes few bytes, for items that are close together and for items far apart', () => {
    const sizeOf = (catalogue: number, shown: number): number => {
      const ordinals = new Set<number>();
      for (let seed = 1; ordinals.size < shown;) ordinals.add((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % catalogue);
      return encodeOrdinals(ascending([...ordinals])).length;
    };
    expect(sizeOf(1_000_000, 10)).toBeLessThanOrEqual(3 + 25);
    expect(sizeOf(100_000, 1000)).toBeLessThanOrEqual(1100);
    expect(sizeOf(1_000_000, 1000)).toBeLessThanOrEqual(1500);
    expect(sizeOf(10_000_000, 1000)).toBeLessThanOrEqual(2000);
  });
});

describe('a cursor', () => {
  const open = (cursor: string, more: Partial<Parameters<typeof openCursor>[1]> = {}) => openCursor(cursor, { list, key, nowMs: 4_999_999, ...more });

  it('tells its list what was shown', () => {
    expect(open(signCursor(position, list, key))).toEqual(position);
  });

  it('is refused with a reason when it is another tenant\'s, another list\'s, or too old', () => {
    const cursor = signCursor(position, list, key);
    expect(reasonOf(() => open(cursor, { key: new Uint8Array(32) }))).toBe('CURSOR_INVALID');
    expect(reasonOf(() => open(cursor, { nowMs: 5_000_000 }))).toBe('CURSOR_EXPIRED');
    const others: Partial<ListIdentity>[] = [{ placement: 'cart' }, { visitor: { kind: 'anonymous', id: 'ann' } }, { visitor: { kind: 'nobody' } }, { shape: { exclude: [] } }];
    for (const other of others) expect(reasonOf(() => open(cursor, { list: { ...list, ...other } }))).toBe('CURSOR_FOREIGN');
  });

  it('can be neither changed nor made up', () => {
    const cursor = signCursor(position, list, key);
    fc.assert(fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...'ABab01-_=.+/ é'), (at, by) => {
      const changed = cursor.slice(0, at) + by + cursor.slice(at + 1);
      if (changed !== cursor) expect(reasonOf(() => open(changed))).toBe('CURSOR_INVALID');
    }));
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String(), fc.nat(cursor.length).map((length) => cursor.slice(0, length)), fc.string().map((tail) => cursor + tail)), (made) => {
      if (made !== cursor) expect(reasonOf(() => open(made))).toBe('CURSOR_INVALID');
    }));
  });
});
