import { describe, expect, it } from '@jest/globals';
import { hash64 } from '@serendip/shared-identity';
import { emptyStatistics, statisticColumn } from '@serendip/shared-layouts';
import fc from 'fast-check';
import type { ItemRow } from './state-reader.js';
import { StatisticsRollup } from './statistics-rollup.js';

const TOTAL = statisticColumn('engagement_total');

function rowOf(item: string, total: number, tenant = 't'): ItemRow {
  const row = emptyStatistics();
  row[TOTAL] = total;
  return { key: { tenant, ...hash64(item) }, row };
}

/** Totals by the low half of each item's hash, taken in pages. */
function totalsSince(rollup: StatisticsRollup, from: number, page = 1000): { readonly totals: Map<number, number>; readonly revision: number } {
  const totals = new Map<number, number>();
  for (let revision = from; ;) {
    const changed = rollup.changedSince('t', revision, page);
    if (changed.rows.length === 0) return { totals, revision: changed.revision };
    for (const { key, row } of changed.rows) totals.set(key.lo, row[TOTAL]!);
    revision = changed.revision;
  }
}

describe('rolled-up statistics', () => {
  it('add up what partitions know of an item', () => {
    const rollup = new StatisticsRollup();
    for (const entry of [rowOf('a', 1), rowOf('b', 5), rowOf('a', 2)]) rollup.add(entry);
    expect(totalsSince(rollup, 0).totals).toEqual(new Map([[hash64('a').lo, 3], [hash64('b').lo, 5]]));
  });

  it('keep tenants apart', () => {
    const rollup = new StatisticsRollup();
    rollup.add(rowOf('a', 1, 'other'));
    expect(rollup.changedSince('t', 0, 10)).toEqual({ rows: [], revision: 0 });
    expect(rollup.changedSince('nobody', 3, 10)).toEqual({ rows: [], revision: 3 });
  });

  it('tell again of an item that is touched, and of nothing for one without statistics', () => {
    const rollup = new StatisticsRollup();
    rollup.add(rowOf('a', 1));
    const { newest } = rollup;
    rollup.touch({ tenant: 't', ...hash64('nothing') });
    expect(rollup.changedSince('t', newest, 10).rows).toEqual([]);
    rollup.touch({ tenant: 't', ...hash64('a') });
    expect(rollup.changedSince('t', newest, 10).rows).toHaveLength(1);
  });

  it('take over what another has added up, and tell of what differs', () => {
    const rollup = new StatisticsRollup();
    const other = new StatisticsRollup();
    for (const entry of [rowOf('same', 1), rowOf('doubled', 2), rowOf('doubled', 2), rowOf('lost', 3)]) rollup.add(entry);
    for (const entry of [rowOf('doubled', 2), rowOf('same', 1), rowOf('new', 4), rowOf('a', 5, 'other')]) other.add(entry);
    const { newest } = rollup;
    rollup.replaceBy(other);
    expect(totalsSince(rollup, newest).totals).toEqual(new Map([[hash64('doubled').lo, 2], [hash64('new').lo, 4], [hash64('lost').lo, 0]]));
    expect(totalsSince(rollup, 0).totals.get(hash64('same').lo)).toBe(1);
    expect(rollup.changedSince('other', newest, 10).rows).toHaveLength(1);
  });

  it('do not change a row that was taken', () => {
    const rollup = new StatisticsRollup();
    rollup.add(rowOf('a', 1));
    const [taken] = rollup.changedSince('t', 0, 10).rows;
    rollup.add(rowOf('a', 1));
    expect(taken!.row[TOTAL]).toBe(1);
  });

  it('give a watcher everything that changed since it last looked, whatever the size of its pages', () => {
    const added = fc.record({ item: fc.nat(30), total: fc.integer({ min: 1, max: 9 }) });
    fc.assert(fc.property(fc.array(fc.array(added, { maxLength: 400 }), { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (rounds, page) => {
      const rollup = new StatisticsRollup();
      const expected = new Map<number, number>();
      const seen = new Map<number, number>();
      let revision = 0;
      for (const round of rounds) {
        for (const { item, total } of round) {
          rollup.add(rowOf(`item-${item}`, total));
          const { lo } = hash64(`item-${item}`);
          expected.set(lo, (expected.get(lo) ?? 0) + total);
        }
        const changed = totalsSince(rollup, revision, page);
        expect(changed.totals.size).toBe(new Set(round.map(({ item }) => item)).size);
        revision = changed.revision;
        for (const [lo, total] of changed.totals) seen.set(lo, total);
        expect(seen).toEqual(expected);
      }
    }), { numRuns: 30 });
  });
});
