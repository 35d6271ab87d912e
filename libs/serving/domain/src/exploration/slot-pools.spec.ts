import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slotPools, type CapGroups } from './slot-pools.js';

const groups = (size: number) => fc.array(fc.integer({ min: -1, max: 3 }), { minLength: size, maxLength: size, size: 'max' }).map((list) => Int32Array.from(list));

const someCase = fc.record({ length: fc.integer({ min: 1, max: 12 }), size: fc.integer({ min: 0, max: 25 }) }).chain(({ length, size }) => fc.record({
  length: fc.constant(length), size: fc.constant(size), slots: fc.subarray(Array.from({ length }, (_, slot) => slot)),
  caps: fc.array(fc.record<CapGroups>({ cap: fc.record({ group: fc.constant('g'), limit: fc.integer({ min: 1, max: 3 }), window: fc.integer({ min: 1, max: 14 }) }), list: groups(length), pool: groups(size) }), { maxLength: 2 }),
  draws: fc.array(fc.integer({ min: -1, max: 24 }), { minLength: length, maxLength: length, size: 'max' }),
}));

/** Windows of neighbouring slots in which a group stands more often than it may, said plainly. */
function brokenWindows(shown: readonly number[], { limit, window }: CapGroups['cap']): Set<string> {
  const broken = new Set<string>();
  for (let from = 0; from < shown.length; from++) {
    const inside = shown.slice(from, from + window);
    for (const group of inside) if (group >= 0 && inside.filter((other) => other === group).length > limit) broken.add(`${from}:${group}`);
  }
  return broken;
}

describe('slotPools', () => {
  it('deals so that no draw whatever breaks a cap that the list keeps, nor shows an item twice', () => {
    fc.assert(fc.property(someCase, ({ length, size, slots, caps, draws }) => {
      const pools = slotPools(slots, size, caps);
      const dealt = pools.flat();
      expect(pools).toHaveLength(slots.length);
      expect(new Set(dealt).size).toBe(dealt.length);
      for (const { cap, list, pool } of caps) {
        const shown = Array.from({ length }, (_, slot) => {
          const choices = pools[slots.indexOf(slot)] ?? [];
          return draws[slot]! < 0 || choices.length === 0 ? list[slot]! : pool[choices[draws[slot]! % choices.length]!]!;
        });
        // Where the list itself breaks a cap (fill-up), the same window may stay broken by the same group, and no other may come.
        const before = brokenWindows([...list], cap);
        for (const window of brokenWindows(shown, cap)) expect(before).toContain(window);
      }
    }), { numRuns: 3000 });
  });

  it('deals everything, evenly, where there is no cap', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 40 }), (slots, size) => {
      const pools = slotPools(Array.from({ length: slots }, (_, slot) => slot), size, []);
      expect(pools.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, item) => item));
      for (const pool of pools) expect([Math.floor(size / slots), Math.ceil(size / slots)]).toContain(pool.length);
    }));
  });

  it('lets an item stand in for one of its own group under the narrowest cap', () => {
    const cap = { group: 'g', limit: 1, window: 3 };
    const pools = slotPools([0, 1, 2], 4, [{ cap, list: Int32Array.of(0, 1, 2), pool: Int32Array.of(1, 0, 2, 2) }]);
    expect(pools).toEqual([[1], [0], [2, 3]]);
  });
});
