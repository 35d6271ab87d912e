import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { CatalogueReader, ItemRow, StateStore, StatisticsRollup } from '@serendip/features-domain';
import { ITEM_STATISTICS_WIDTH, bytesOf } from '@serendip/shared-layouts';

const MOST_ROWS = 2000;

interface StatisticsWatch {
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly store: Pick<StateStore, 'catalogue'>;
  readonly openRollup: () => Promise<StatisticsRollup>;
  /** Milliseconds between two looks at what has changed. */
  readonly everyMs: number;
}

/** Statistics of every item of the catalogue, then at every look of those that changed. */
export async function* statisticsBatches({ tenant, signal, store, openRollup, everyMs }: StatisticsWatch) {
  const rollup = await openRollup();
  let revision = 0;
  let caughtUp = false;
  while (!signal.aborted) {
    const newest = rollup.newest;
    while (revision < newest && !signal.aborted) {
      const changed = rollup.changedSince(tenant, revision, MOST_ROWS);
      if (changed.rows.length === 0) break;
      revision = changed.revision;
      yield { ...await columns(store.catalogue, changed.rows), caughtUp };
      await turn();
    }
    if (!caughtUp) {
      caughtUp = true;
      yield { ordinals: new Uint8Array(0), statistics: new Uint8Array(0), caughtUp };
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Rows by ordinal; items that are not in the catalogue have none and are left out. */
async function columns(catalogue: CatalogueReader, rows: readonly ItemRow[]) {
  const ordinals = await catalogue.ordinals(rows.map(({ key }) => key));
  const known = rows.filter((_, i) => ordinals[i]! >= 0);
  const statistics = new Float64Array(known.length * ITEM_STATISTICS_WIDTH);
  known.forEach(({ row }, i) => statistics.set(row, i * ITEM_STATISTICS_WIDTH));
  return { ordinals: bytesOf(ordinals.filter((ordinal) => ordinal >= 0)), statistics: bytesOf(statistics) };
}
