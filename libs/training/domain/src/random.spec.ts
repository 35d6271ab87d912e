import { describe, expect, it } from '@jest/globals';
import { Random, normals } from './random.js';

describe('Random', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    const draw = (seed: number): number[] => { const random = new Random(seed); return Array.from({ length: 5 }, () => random.bits()); };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(new Set(draw(0)).size).toBe(5);
  });

  it('spreads evenly over its range', () => {
    const random = new Random(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[random.below(10)]!++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('draws normally', () => {
    const values = normals(20_000, 2, new Random(1));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(Math.abs(variance - 4)).toBeLessThan(0.2);
  });

  it('shuffles without losing a value', () => {
    const values = Int32Array.from({ length: 100 }, (_, i) => i);
    new Random(1).shuffle(values);
    expect([...values]).not.toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBe(100);
  });
});
