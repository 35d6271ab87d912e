import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { draw, type SlotPool } from './draw.js';
import { SeededRandom } from './seeded-random.js';

const LIST = [100, 101, 102, 103];
const somePools: fc.Arbitrary<readonly SlotPool[]> = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }).map((sizes) => sizes.map((size, slot) => ({
  slot, items: Array.from({ length: size }, (_, i) => ({ ordinal: slot * 10 + i, score: (i * 7) % 5 })),
})));
const someWeights = fc.constantFrom('uniform' as const, 'rank' as const);
const shownIn = (slot: number, drawn: ReadonlyMap<number, number>): number => [...drawn].find(([, at]) => at === slot)?.[0] ?? LIST[slot]!;

describe('draw', () => {
  it('gives all that a slot may show propensities above 0 that sum to 1, and what is not left to chance none', () => {
    fc.assert(fc.property(somePools, fc.double({ min: 0.01, max: 0.5, noNaN: true }), someWeights, (pools, share, weights) => {
      for (const { slot, items } of pools) {
        if (items.length === 0) {
          expect(draw(LIST, pools, { share, weights }, () => 0).propensities.get(LIST[slot]!)).toBeUndefined();
          continue;
        }
        // Every number that may be drawn, in steps small enough to meet every item.
        const found = new Map<number, number>();
        for (let step = 0; step < 4000; step++) {
          const { propensities, drawn } = draw(LIST, [pools[slot]!], { share, weights }, () => step / 4000);
          const shown = shownIn(slot, drawn);
          found.set(shown, propensities.get(shown)!);
        }
        expect(Math.min(...found.values())).toBeGreaterThan(0);
        expect([...found.values()].reduce((sum, propensity) => sum + propensity, 0)).toBeCloseTo(1, 9);
      }
    }), { numRuns: 60 });
  });

  it.each(['uniform', 'rank'] as const)('shows each item as often as its propensity says, with weights %s', (weights) => {
    const pools = [3, 1, 5].map((size, slot) => ({ slot, items: Array.from({ length: size }, (_, i) => ({ ordinal: slot * 10 + i, score: [0.2, NaN, 5, -1, 3][i]! })) }));
    const times = new Map<number, number>();
    const expected = new Map<number, number>();
    const answers = 40_000;
    for (let i = 0; i < answers; i++) {
      const random = new SeededRandom(`answer ${i}`);
      const { propensities, drawn } = draw(LIST, pools, { share: 0.3, weights }, () => random.next());
      for (const { slot } of pools) {
        const shown = shownIn(slot, drawn);
        times.set(shown, (times.get(shown) ?? 0) + 1);
        expected.set(shown, propensities.get(shown)!);
      }
    }
    expect(times.size).toBe(3 + 3 + 1 + 5);
    for (const [shown, propensity] of expected) {
      const deviation = Math.sqrt(answers * propensity * (1 - propensity));
      expect(Math.abs(times.get(shown)! - answers * propensity)).toBeLessThan(4 * deviation);
    }
  });

  it('follows from its seed alone', () => {
    const stream = (seed: string): number[] => { const random = new SeededRandom(seed); return Array.from({ length: 5 }, () => random.next()); };
    expect(stream('a')).toEqual(stream('a'));
    expect(stream('a')).not.toEqual(stream('b'));
    const many = Array.from({ length: 20_000 }, (_, i) => stream(`01a20a85-${i}`)[i % 5]!);
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...many)).toBeLessThan(1);
    // Ten equal parts get a tenth each.
    for (let part = 0; part < 10; part++) expect(Math.abs(many.filter((value) => Math.floor(value * 10) === part).length - 2000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.09));
  });
});
