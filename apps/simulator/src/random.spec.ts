import { describe, expect, it } from '@jest/globals';
import { hashNormal, Random } from './random.js';

describe('Random', () => {
  it('gives the same numbers for the same seeds', () => {
    const draw = (...seeds: readonly number[]): readonly number[] => { const random = new Random(...seeds); return Array.from({ length: 20 }, () => random.next()); };
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(2, 1));
  });

  it('draws indexes in proportion to their weights', () => {
    const random = new Random(3);
    const counts = [0, 0, 0];
    for (let i = 0; i < 20_000; i += 1) counts[random.weighted([1, 0, 3])]! += 1;
    expect(counts[1]).toBe(0);
    expect(counts[2]! / counts[0]!).toBeGreaterThan(2.8);
    expect(counts[2]! / counts[0]!).toBeLessThan(3.2);
  });

  it('draws Poisson counts with the given mean', () => {
    const random = new Random(4);
    let sum = 0;
    for (let i = 0; i < 20_000; i += 1) sum += random.poisson(2.2);
    expect(Math.abs(sum / 20_000 - 2.2)).toBeLessThan(0.05);
  });
});

describe('hashNormal', () => {
  it('is a pure function with mean 0 and variance 1', () => {
    expect(hashNormal(1, 2, 3)).toBe(hashNormal(1, 2, 3));
    const values = Array.from({ length: 20_000 }, (_, i) => hashNormal(1, i, 7));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });
});
