import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { descendingOrder } from './descending-order.js';

const float = fc.oneof(fc.float(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, 1, -1));
const sorted = (keys: readonly number[]): number[] => keys.map((_, i) => i).sort((a, b) => {
  const [x, y] = [keys[a]!, keys[b]!].map((key) => (Number.isFinite(key) ? key : -Infinity)) as [number, number];
  return x === y ? a - b : y - x;
});

describe('descendingOrder', () => {
  it('is the stable order by descending key with NaN and infinities last', () => {
    fc.assert(fc.property(fc.array(float, { maxLength: 200 }), (keys) => {
      expect([...descendingOrder(Float32Array.from(keys))]).toEqual(sorted(keys));
    }));
  });

  it('is the same order of keys that lie evenly, in heaps or about some values, of few and of many', () => {
    const even = fc.double({ min: -2, max: 2, noNaN: true });
    const heaped = fc.integer({ min: -40, max: 40 }).map((n) => n / 8);
    const near = fc.tuple(fc.constantFrom(-1e-3, 0, 5), fc.double({ min: 0, max: 1e-4, noNaN: true })).map(([about, by]) => about + by);
    fc.assert(fc.property(fc.constantFrom(even, heaped, near).chain((key) => fc.array(key, { maxLength: 3000, size: 'max' })), (keys) => {
      const columns = Float32Array.from(keys);
      expect([...descendingOrder(columns)]).toEqual(sorted([...columns]));
    }));
  });

  it('reads columns that begin in the middle of a buffer', () => {
    expect([...descendingOrder(Float32Array.of(9, 9, 1, 3, 2).subarray(2))]).toEqual([1, 2, 0]);
  });
});
