import { setTimeout as sleep } from 'node:timers/promises';
import type { StateStore } from '@serendip/features-domain';
import type { MessageInitShape, features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { bytesOf, float64sOf } from '@serendip/shared-layouts';
import { catalogueEntry } from './feature-store.mapper.js';

const MOST_ITEMS = 200;
/** What changes within so many milliseconds goes in one message for each partition. */
const GATHER_MS = 5;

type Batch = MessageInitShape<typeof features.WatchCatalogueResponseSchema>;

interface CatalogueWatch {
  readonly tenant: string;
  /** As on the wire; empty for everything. */
  readonly positions: Uint8Array;
  readonly signal: AbortSignal;
  readonly store: Pick<StateStore, 'catalogue' | 'partitions'>;
  /** Calls the listener with each partition whose items changed; answers how to stop that. */
  readonly onChange: (listener: (partition: number) => void) => () => void;
}

/** Each item of a tenant that changed after the positions, then changes as they come; nothing is read before it is asked for. */
export async function* catalogueBatches({ tenant, positions, signal, store, onChange }: CatalogueWatch): AsyncGenerator<Batch> {
  const after = await startOf(positions, store);
  const changed = new Set(Array.from({ length: PARTITIONS }, (_, partition) => partition));
  let wake = (): void => undefined;
  const stop = onChange((partition) => {
    changed.add(partition);
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    let caughtUp = false;
    while (!signal.aborted) {
      for (const partition of [...changed]) {
        changed.delete(partition);
        for (let more = true; more && !signal.aborted;) {
          const items = await store.catalogue.changedItems(tenant, partition, { after: after[partition]!, max: MOST_ITEMS });
          more = items.length === MOST_ITEMS;
          if (items.length === 0) continue;
          after[partition] = items.at(-1)!.sequence;
          yield { entries: items.map(catalogueEntry), positions: bytesOf(after.slice()), caughtUp };
        }
      }
      if (!caughtUp) {
        caughtUp = true;
        yield { entries: [], positions: bytesOf(after.slice()), caughtUp };
      }
      if (changed.size === 0 && !signal.aborted) await new Promise<void>((resolve) => { wake = resolve; });
      await sleep(GATHER_MS);
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

/** A store that was made anew knows less than the watcher: it is told so, and reads again what it must. */
async function startOf(positions: Uint8Array, { partitions }: Pick<StateStore, 'partitions'>): Promise<Float64Array> {
  if (positions.length === 0) return new Float64Array(PARTITIONS);
  if (positions.length !== PARTITIONS * Float64Array.BYTES_PER_ELEMENT) throw new DomainError('INVALID_ARGUMENT', 'POSITIONS_INVALID', `Positions are ${PARTITIONS} float64 values.`);
  const known = float64sOf(positions);
  const heads = await Promise.all(Array.from(known, (_, partition) => partitions.head(partition)));
  return known.map((position, partition) => Math.min(position, heads[partition]!.sequence));
}
