import { describe, expect, it } from '@jest/globals';
import { NAMEABLE_FEATURES, RANKING_FEATURES, measureFeatureCosts } from './index.js';

describe('what features cost', () => {
  it('is measured of every entity and every pattern, by the clock that is given', () => {
    let ms = 0;
    const { total, byEntity, byPattern, timeToLive, slates } = measureFeatureCosts(() => ms++, 4);
    expect(new Set(Object.keys(byEntity))).toEqual(new Set(RANKING_FEATURES.map(({ entity }) => entity)));
    expect(Object.keys(byPattern)).toEqual(NAMEABLE_FEATURES.slice(RANKING_FEATURES.length).map(({ name }) => name));
    expect([total, timeToLive, ...Object.values(byEntity), ...Object.values(byPattern)]).toEqual([1000, ...Array(1 + 5 + 8).fill(0)]);
    expect(slates).toBe(4);
  });
});
