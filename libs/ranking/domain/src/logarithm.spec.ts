import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { log1p } from './logarithm.js';

describe('log1p', () => {
  it('is the logarithm of 1 + value to twelve places', () => {
    const anywhere = fc.double({ min: -308, max: 308, noNaN: true }).map((exponent) => 10 ** exponent);
    fc.assert(fc.property(fc.oneof(anywhere, fc.double({ min: 0, max: 2, noNaN: true }), fc.nat()), (value) => {
      expect(Math.abs(log1p(value) - Math.log1p(value))).toBeLessThan(1e-12 * Math.max(1, Math.log1p(value)));
    }), { numRuns: 5000 });
    for (const value of [2 ** 52 - 1, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE]) expect(log1p(value)).toBeCloseTo(Math.log1p(value), 11);
  });

  it('says of what has no logarithm, and of what is below 0, what Math says', () => {
    expect([NaN, Infinity, 0, -0, -0.5, -1, -2].map(log1p)).toEqual([NaN, Infinity, 0, 0, Math.log1p(-0.5), -Infinity, NaN]);
  });
});
