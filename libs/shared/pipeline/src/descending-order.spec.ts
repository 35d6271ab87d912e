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

  it('reads columns that begin in the middle of a buffer', () => {
    expect([...descendingOrder(Float32Array.of(9, 9, 1, 3, 2).subarray(2))]).toEqual([1, 2, 0]);
  });
});
