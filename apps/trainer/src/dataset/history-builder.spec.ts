import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CatalogueItem } from '@serendip/shared-catalogue';
import { HistoryBuilder } from './history-builder.js';

const MOST = 8;
const ITEMS = ['a', 'b', 'c'];
const catalogue = new Map(ITEMS.map((id) => [id, { id } as CatalogueItem]));

interface Step {
  readonly user: string;
  /** Undefined for an erasure of the user. */
  readonly click: { readonly item: string; readonly timeMs: number } | undefined;
}

const step: fc.Arbitrary<Step> = fc.record({
  user: fc.constantFrom('ann', 'bob'),
  click: fc.option(fc.record({ item: fc.constantFrom(...ITEMS), timeMs: fc.integer({ min: 0, max: 5 }) }), { nil: undefined, freq: 8 }),
});

/** The newest of all, of those at the same time the first, less what was erased, in time order. */
function expected(steps: readonly Step[]): { readonly timeMs: number; readonly item: number }[] {
  const clicks = steps.flatMap(({ user, click }, at) => (click === undefined ? [] : [{ user, at, ...click }]));
  const newest = clicks.toSorted((a, b) => b.timeMs - a.timeMs || a.at - b.at).slice(0, MOST);
  const isErased = ({ user, at }: { user: string; at: number }): boolean => steps.some((later, i) => i > at && later.click === undefined && later.user === user);
  return newest.filter((one) => !isErased(one)).sort((a, b) => a.timeMs - b.timeMs || a.at - b.at).map(({ timeMs, item }) => ({ timeMs, item: ITEMS.indexOf(item) }));
}

describe('the newest of a history', () => {
  it('are those of all that came, less what was erased, however often older ones were forgotten', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const builder = new HistoryBuilder(MOST);
      for (const { user, click } of steps) {
        if (click === undefined) builder.erase(user);
        else builder.add(user, click.item, { type: 1, value: NaN, timeMs: click.timeMs });
      }
      const { timeMs, item, forgotten } = builder.build(catalogue);
      expect([...timeMs].map((ms, i) => ({ timeMs: ms, item: item[i] }))).toEqual(expected(steps));
      expect(forgotten).toBe(Math.max(0, steps.filter(({ click }) => click !== undefined).length - MOST));
    }), { numRuns: 300 });
  });

  it('has the newest profiles of each user, in the order in which they were made', () => {
    const builder = new HistoryBuilder();
    for (let n = 0; n < 100; n++) builder.changeProfile('u:a', { timeMs: n, profile: Uint8Array.of(n) });
    builder.changeProfile('u:a', { timeMs: 50, profile: Uint8Array.of(100) });
    builder.changeProfile('u:b', { timeMs: 99.5, profile: Uint8Array.of(200) });
    const { profiles } = builder.build(new Map());
    expect(profiles.map(({ timeMs, profile }) => [timeMs, profile[0]])).toEqual([...Array.from({ length: 63 }, (_, i) => [37 + i, 37 + i]), [99, 100], [99.5, 200]]);
  });
});
