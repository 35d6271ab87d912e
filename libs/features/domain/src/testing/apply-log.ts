import { PartitionApplier } from '../partition-applier.js';
import type { PositionedEvent } from '../state-event.js';
import type { StateStore } from '../state-store.js';
import { PARTITION } from './a-state-event.js';
import { JsonDocuments } from './json-documents.js';

export interface ApplyOptions {
  /** Sizes of the batches, over and over; default one batch. */
  readonly cuts?: readonly number[];
  readonly dedupe?: boolean;
}

/** An applier of the tests' partition. */
export const applierOf = (store: StateStore, dedupe = true): PartitionApplier => new PartitionApplier(PARTITION, { store: store.partitions, documents: new JsonDocuments(), dedupe });

/** Applies the events of a log after the store's cursor; answers how many were applied and not repeats. */
export async function applyLog(store: StateStore, log: readonly PositionedEvent[], { cuts = [log.length], dedupe = true }: ApplyOptions = {}): Promise<number> {
  const applier = applierOf(store, dedupe);
  let { cursor } = await store.partitions.head(PARTITION);
  let rest = log.filter(({ position }) => position >= cursor);
  let applied = 0;
  for (let i = 0; rest.length > 0; i++) {
    const size = Math.max(1, cuts[i % cuts.length] ?? 1);
    const batch = rest.slice(0, size);
    const end = batch.at(-1)!.position + 1;
    applied += (await applier.apply(batch, { cursor, end })).applied;
    cursor = end;
    rest = rest.slice(size);
  }
  return applied;
}
