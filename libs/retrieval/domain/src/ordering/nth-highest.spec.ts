import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nthHighest } from './nth-highest.js';

describe('nthHighest', () => {
  it('is one of the values, reached by more than n of them and by few more', () => {
    const value = fc.oneof(fc.float({ min: -8, max: 8, noNaN: true }), fc.constantFrom(0, -0, 1));
    fc.assert(fc.property(fc.float32Array({ minLength: 1, maxLength: 200, noNaN: true, min: Math.fround(-1e30), max: Math.fround(1e30) }), fc.array(value, { minLength: 1 }), fc.nat(220), (wild, tame, n) => {
      for (const values of [wild, Float32Array.from(tame)]) {
        const threshold = nthHighest(values, n);
        if (n >= values.length) expect(threshold).toBe(-Infinity);
        else {
          expect(values).toContain(threshold);
          expect(values.filter((other) => other >= threshold).length).toBeGreaterThan(n);
        }
      }
    }));
    const even = Float32Array.from({ length: 5000 }, (_, i) => ((i * 2971) % 5000) / 7);
    for (const n of [0, 10, 500, 4999]) {
      const threshold = nthHighest(even, n);
      expect(even.filter((other) => other >= threshold).length).toBeLessThanOrEqual(n + 1 + 6);
    }
  });

  it('knows equal values and wide ranges', () => {
    expect(nthHighest(Float32Array.of(2, 2, 2), 1)).toBe(2);
    expect(nthHighest(Float32Array.of(-3e38, 3e38, 1), 0)).toBe(Math.fround(3e38));
    expect(nthHighest(new Float32Array(0), 0)).toBe(-Infinity);
  });
});
