import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assign, bucketOf, type Arm } from './index.js';

interface TestVectors {
  readonly buckets: readonly { readonly salt: string; readonly unit: string; readonly bucket: number }[];
  readonly assignments: readonly { readonly salt: string; readonly arms: readonly Arm[]; readonly unit: string; readonly arm: string | null }[];
}

const vectors = JSON.parse(readFileSync(new URL('../test-vectors.json', import.meta.url), 'utf8')) as TestVectors;
const units = Array.from({ length: 5_000 }, (_, i) => `user:${i}`);
const named = (percents: readonly number[]): readonly Arm[] => percents.map((percent, i) => ({ name: `arm-${i}`, percent }));

/** How far the count of n units of probability p may be from n·p: Bernstein's bound, passed by chance at most once in 10⁹. */
function tolerance(n: number, p: number): number {
  const l = Math.log(2e9);
  return l / 3 + Math.sqrt((l / 3) ** 2 + 2 * n * p * (1 - p) * l);
}

/** Up to four arms in hundredths of a percent, together at most 100 %. */
const arms = fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 1, maxLength: 4 }).map((hundredths) => named(hundredths.map((n) => n / 100)));

describe('published test vectors', () => {
  it.each(vectors.buckets)('put unit $unit under salt $salt into bucket $bucket', ({ salt, unit, bucket }) => {
    expect(bucketOf(salt, unit)).toBe(bucket);
  });

  it.each(vectors.assignments)('give unit $unit under salt $salt the arm $arm', ({ salt, arms: given, unit, arm }) => {
    expect(assign({ salt, arms: given }, unit)?.name ?? null).toBe(arm);
  });
});

describe('assign', () => {
  it('answers the same arm each time, and one of the split or none', () => {
    fc.assert(fc.property(fc.string(), arms, fc.string(), (salt, given, unit) => {
      const arm = assign({ salt, arms: given }, unit);
      expect(assign({ salt: `${salt}`, arms: given.map((entry) => ({ ...entry })) }, unit)?.name).toBe(arm?.name);
      expect([undefined, ...given]).toContain(arm);
    }));
  });

  it('gives each arm its share, within the bounds of a binomial', () => {
    fc.assert(fc.property(fc.string(), arms, (salt, given) => {
      const counts = new Map<string | undefined, number>();
      for (const unit of units) {
        const name = assign({ salt, arms: given }, unit)?.name;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      const leftOver = { name: undefined, percent: 100 - given.reduce((sum, { percent }) => sum + percent, 0) };
      for (const { name, percent } of [...given, leftOver]) {
        const share = percent / 100;
        expect(Math.abs((counts.get(name) ?? 0) - units.length * share)).toBeLessThanOrEqual(tolerance(units.length, share) + 1e-6);
      }
    }), { numRuns: 40 });
  });

  it('takes nobody out of an arm that grows, nor out of the arms before it', () => {
    const grown = arms.chain((given) => fc.record({ given: fc.constant(given), at: fc.nat(given.length - 1), more: fc.integer({ min: 0, max: 2_500 }).map((n) => n / 100) }));
    fc.assert(fc.property(fc.string(), grown, fc.string(), (salt, { given, at, more }, unit) => {
      const was = assign({ salt, arms: given }, unit);
      const is = assign({ salt, arms: given.map((arm, i) => (i === at ? { ...arm, percent: arm.percent + more } : arm)) }, unit);
      if (was !== undefined && given.indexOf(was) <= at) expect(is?.name).toBe(was.name);
    }), { numRuns: 1_000 });
  });

  it('moves only those left over when the last arm grows', () => {
    fc.assert(fc.property(fc.string(), arms, fc.integer({ min: 0, max: 2_500 }), fc.string(), (salt, given, more, unit) => {
      const last = given.at(-1)!;
      const was = assign({ salt, arms: given }, unit)?.name;
      const is = assign({ salt, arms: [...given.slice(0, -1), { ...last, percent: last.percent + more / 100 }] }, unit)?.name;
      if (is !== was) expect([was, is]).toEqual([undefined, last.name]);
    }), { numRuns: 1_000 });
  });

  it('is independent between salts', () => {
    const half = named([50]);
    const both = units.filter((unit) => assign({ salt: 'a', arms: half }, unit) !== undefined && assign({ salt: 'b', arms: half }, unit) !== undefined);
    expect(Math.abs(both.length / units.length - 0.25)).toBeLessThan(0.03);
  });

  it('holds hundredths of a percent, and gives all to 100 and none to 0', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (salt, unit) => {
      expect(assign({ salt, arms: named([0.01]) }, unit) !== undefined).toBe(bucketOf(salt, unit) === 0);
      expect(assign({ salt, arms: named([100]) }, unit)).toBeDefined();
      expect(assign({ salt, arms: named([0]) }, unit)).toBeUndefined();
    }));
  });
});
