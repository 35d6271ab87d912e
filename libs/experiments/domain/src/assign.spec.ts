import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assign, bucketOf } from './index.js';

const split = (percents: readonly number[], salt = 'home-1') => ({ salt, arms: percents.map((percent, i) => ({ name: `arm-${i}`, percent })) });
const units = Array.from({ length: 20_000 }, (_, i) => `user:${i}`);

describe('assign', () => {
  it.each([['home-1', 'user:ann', 5445], ['home-1', 'user:bob', 9337], ['home-2', 'user:ann', 4362], ['', '', 956]])(
    'gives the published bucket for salt %j and unit %j', (salt, unit, bucket) => expect(bucketOf(salt, unit)).toBe(bucket),
  );

  it('gives every unit the same arm each time, and arms their share', () => {
    const shares = new Map<string | undefined, number>();
    for (const unit of units) {
      const arm = assign(split([50, 30]), unit)?.name;
      expect(assign(split([50, 30]), unit)?.name).toBe(arm);
      shares.set(arm, (shares.get(arm) ?? 0) + 1 / units.length);
    }
    expect(shares.get('arm-0')).toBeCloseTo(0.5, 1);
    expect(shares.get('arm-1')).toBeCloseTo(0.3, 1);
    expect(shares.get(undefined)).toBeCloseTo(0.2, 1);
  });

  it('moves nobody out of an arm when the last arm grows', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 }), fc.string(), (first, second, more, unit) => {
      const was = assign(split([first, second]), unit)?.name;
      const is = assign(split([first, second + more]), unit)?.name;
      if (was !== undefined) expect(is).toBe(was);
    }));
  });

  it('is independent between salts', () => {
    const both = units.filter((unit) => assign(split([50], 'a'), unit) !== undefined && assign(split([50], 'b'), unit) !== undefined);
    expect(both.length / units.length).toBeCloseTo(0.25, 1);
  });

  it('holds hundredths of a percent', () => {
    expect(units.filter((unit) => assign(split([0.01]), unit) !== undefined).every((unit) => bucketOf('home-1', unit) === 0)).toBe(true);
  });
});
