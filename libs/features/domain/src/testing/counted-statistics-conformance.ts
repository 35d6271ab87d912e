import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS, hash64 } from '@serendip/shared-identity';
import { combineStatistics, emptyStatistics, statisticColumn } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { NEW_PARTITION, type PartitionCommit } from '../partition-store.js';
import type { ItemKey } from '../state-reader.js';
import type { StateStore } from '../state-store.js';
import { TENANT } from './a-state-event.js';
import type { StatePlace } from './state-store-conformance.js';

const keyOf = (id: string, tenant = TENANT): ItemKey => ({ tenant, ...hash64(id) });
const ids = ({ keys }: { readonly keys: readonly ItemKey[] }, known: readonly string[]): readonly string[] =>
  known.filter((id) => keys.some(({ tenant, lo, hi }) => tenant === TENANT && lo === hash64(id).lo && hi === hash64(id).hi));

/** A row with one count in it. */
export function rowOf(count: number): Float64Array {
  const row = emptyStatistics();
  row[statisticColumn('engagement_total')] = count;
  return row;
}

/** The contract of statistics that several processes count, for engines that more than one can use. */
export function countedStatisticsConformance(name: string, openPlace: () => Promise<StatePlace>): void {
  describe(`${name}: the contract of counted statistics`, () => {
    let place: StatePlace;
    let store: StateStore;
    beforeEach(async () => {
      place = await openPlace();
      store = await place.open();
    });
    afterEach(() => place.remove());

    const commit = async (partition: number, end: number, counts: Readonly<Record<string, number>>): Promise<void> => {
      const statistics = Object.entries(counts).map(([id, count]) => ({ key: keyOf(id), row: rowOf(count) }));
      const nothing: PartitionCommit = { head: { ...NEW_PARTITION, cursor: end }, users: [], statistics: [], items: [], events: [], imports: [], outgoing: [] };
      await store.partitions.commit(partition, (await store.partitions.head(partition)).cursor, { ...nothing, statistics });
    };

    it('tells what changed after a position, each item once, and from where to ask next', async () => {
      const { counted } = store.shared!;
      await commit(3, 10, { a: 1, b: 1 });
      await commit(3, 20, { b: 2, c: 1 });
      await commit(4, 50, { d: 1 });
      const all = await counted.changedAfter(3, 0);
      expect([ids(all, ['a', 'b', 'c', 'd']), all.keys.length, all.position]).toEqual([['a', 'b', 'c'], 3, 20]);
      const later = await counted.changedAfter(3, 10);
      expect([ids(later, ['a', 'b', 'c', 'd']), later.position]).toEqual([['b', 'c'], 20]);
      expect(await counted.changedAfter(3, 20)).toEqual({ keys: [], position: 20 });
      expect(await counted.changedAfter(5, 0)).toEqual({ keys: [], position: 0 });
    });

    it('adds up what every partition knows of an item', async () => {
      for (let partition = 0; partition < PARTITIONS; partition++) await commit(partition, 5, { a: 1, ...(partition % 2 === 0 ? { b: partition } : {}) });
      const totals = await store.shared!.counted.totals([keyOf('b'), keyOf('nothing'), keyOf('a'), keyOf('a', 'other')]);
      const evens = Array.from({ length: PARTITIONS / 2 }, (_, i) => i * 2).reduce((sum, partition) => sum + partition, 0);
      expect(totals).toEqual([rowOf(evens), emptyStatistics(), rowOf(PARTITIONS), emptyStatistics()]);
    });

    it('lets nobody miss a change who asks from where the last answer ended', async () => {
      const step = fc.oneof(
        { weight: 3, arbitrary: fc.record({ partition: fc.nat(2), counts: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(9), { maxKeys: 2, noNullPrototype: true }) }) },
        { weight: 1, arbitrary: fc.constant('look' as const) },
      );
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        store = await place.open();
        const { counted } = store.shared!;
        const known = new Map<string, Float64Array>();
        const positions = [0, 0, 0];
        const rows = new Map<string, number>();
        let end = 0;
        const look = async (): Promise<void> => {
          for (const partition of positions.keys()) {
            const changed = await counted.changedAfter(partition, positions[partition]!);
            positions[partition] = changed.position;
            const totals = await counted.totals(changed.keys);
            changed.keys.forEach(({ lo }, i) => known.set(String(lo), totals[i]!));
          }
        };
        for (const one of steps) {
          if (one === 'look') await look();
          else {
            await commit(one.partition, ++end, one.counts);
            for (const [id, count] of Object.entries(one.counts)) rows.set(`${one.partition} ${id}`, count);
          }
        }
        await look();
        const expected = new Map<string, Float64Array>();
        for (const [name, count] of rows) {
          const lo = String(hash64(name.split(' ')[1]!).lo);
          const total = expected.get(lo) ?? emptyStatistics();
          combineStatistics(total, 0, rowOf(count), 0);
          expected.set(lo, total);
        }
        expect(known).toEqual(expected);
      }), { numRuns: 25 });
    }, 60_000);
  });
}
