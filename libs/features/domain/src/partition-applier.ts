import type { Documents } from './documents.js';
import { PartitionProcessor, wantedState, type ProcessedBatch } from './partition-processor.js';
import type { PositionedEvent } from './state-event.js';
import type { PartitionStore } from './state-store.js';

/** Applies records of one partition to a store: read what the batch touches, process, commit as a whole. */
export class PartitionApplier {
  private readonly processor: PartitionProcessor;

  constructor(private readonly partition: number, private readonly parts: { readonly store: PartitionStore; readonly documents: Documents; readonly dedupe?: boolean }) {
    this.processor = new PartitionProcessor(partition, parts.documents, { dedupe: parts.dedupe ?? true });
  }

  /** @param cursor where the batch begins. @param end position after its last record. Throws ABORTED/STALE_OWNER. */
  async apply(batch: readonly PositionedEvent[], { cursor, end }: { readonly cursor: number; readonly end: number }): Promise<ProcessedBatch> {
    const { store, documents } = this.parts;
    const wanted = wantedState(batch, documents);
    const found = await store.find(this.partition, wanted);
    const processed = this.processor.process(batch, { wanted, found, end });
    await store.commit(this.partition, cursor, processed.commit);
    return processed;
  }
}
