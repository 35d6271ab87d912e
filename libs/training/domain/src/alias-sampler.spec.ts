import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AliasSampler } from './alias-sampler.js';
import { Random } from './random.js';

describe('AliasSampler', () => {
  it('draws each index as often as its weight says', () => {
    const sampler = new AliasSampler([1, 0, 3, 6]);
    const random = new Random(7);
    const drawn = [0, 0, 0, 0];
    for (let i = 0; i < 40_000; i++) drawn[sampler.next(random)]!++;
    expect(drawn[1]).toBe(0);
    [0.1, 0, 0.3, 0.6].forEach((share, i) => expect(drawn[i]! / 40_000).toBeCloseTo(share, 1));
  });

  it('never draws what has no weight and always an index there is', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 }).filter((weights) => weights.some((weight) => weight > 0)), fc.integer(), (weights, seed) => {
      const sampler = new AliasSampler(weights);
      const random = new Random(seed);
      for (let i = 0; i < 50; i++) expect(weights[sampler.next(random)]).toBeGreaterThan(0);
    }));
  });

  it('refuses weights with nothing to draw', () => {
    expect(() => new AliasSampler([0, 0])).toThrow(RangeError);
    expect(() => new AliasSampler([])).toThrow(RangeError);
  });
});
