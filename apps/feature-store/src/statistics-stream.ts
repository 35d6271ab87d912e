import { setTimeout as sleep } from 'node:timers/promises';
import type { ItemKey, StateReader, StatisticsRollup } from '@serendip/features-domain';
import { ITEM_STATISTICS_WIDTH, bytesOf } from '@serendip/shared-layouts';

const EVERY_MS = 1000;
const MOST_ROWS = 10_000;

interface StatisticsWatch {
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly reader: StateReader;
  readonly rollup: StatisticsRollup;
}

type Row = { readonly key: ItemKey; readonly row: Float64Array };

/** Statistics of every item of the catalogue, then once a second of those that changed. */
export async function* statisticsBatches({ tenant, signal, reader, rollup }: StatisticsWatch) {
  let revision = 0;
  let caughtUp = false;
  while (!signal.aborted) {
    const newest = rollup.newest;
    const changed = rollup.changedSince(tenant, revision);
    for (let from = 0; from < changed.length; from += MOST_ROWS) yield { ...await columns(reader, changed.slice(from, from + MOST_ROWS)), caughtUp };
    revision = newest;
    if (!caughtUp) {
      caughtUp = true;
      yield { ordinals: new Uint8Array(0), statistics: new Uint8Array(0), caughtUp };
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Rows by ordinal; items that are not in the catalogue have none and are left out. */
async function columns(reader: StateReader, rows: readonly Row[]) {
  const items = await reader.itemsByHash(rows.map(({ key }) => key));
  const known = rows.flatMap(({ row }, i) => (items[i] === undefined ? [] : [{ ordinal: items[i].ordinal, row }]));
  const statistics = new Float64Array(known.length * ITEM_STATISTICS_WIDTH);
  known.forEach(({ row }, i) => statistics.set(row, i * ITEM_STATISTICS_WIDTH));
  return { ordinals: bytesOf(Int32Array.from(known, ({ ordinal }) => ordinal)), statistics: bytesOf(statistics) };
}
