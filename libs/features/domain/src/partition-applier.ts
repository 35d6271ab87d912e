import { DomainError } from '@serendip/shared-errors';
import { planBatch } from './batch-plan.js';
import type { Documents } from './documents.js';
import { PartitionProcessor, type ProcessedBatch } from './partition-processor.js';
import type { PartitionStore } from './partition-store.js';
import type { PositionedEvent } from './state-event.js';

/** Applies records of one partition to a store: read what the batch touches, process, commit as a whole. */
export class PartitionApplier {
  private readonly processor: PartitionProcessor;

  constructor(private readonly partition: number, private readonly parts: { readonly store: PartitionStore; readonly documents: Documents; readonly dedupe?: boolean }) {
    this.processor = new PartitionProcessor(partition, parts.documents, { dedupe: parts.dedupe ?? true });
  }

  /** @param cursor where the batch begins. @param end position after its last record. Throws ABORTED/STALE_OWNER. */
  async apply(batch: readonly PositionedEvent[], { cursor, end }: { readonly cursor: number; readonly end: number }): Promise<ProcessedBatch> {
    const processed = await this.prepare(batch, end);
    await this.commit(cursor, processed);
    return processed;
  }

  /** The first half: what the batch does to the state as it is now; nothing is changed. Throws FAILED_PRECONDITION/EVENT_UNPROCESSABLE for an event that breaks the rules that apply it, whenever it is tried. */
  async prepare(batch: readonly PositionedEvent[], end: number): Promise<ProcessedBatch> {
    const plan = processed(() => planBatch(batch, this.parts.documents));
    const found = await this.parts.store.find(this.partition, plan.wanted);
    return processed(() => this.processor.process(plan, { found, end }));
  }

  /** The second half. Throws ABORTED/STALE_OWNER, changing nothing, unless the cursor is still where the batch begins. */
  async commit(cursor: number, { commit }: ProcessedBatch): Promise<void> {
    await this.parts.store.commit(this.partition, cursor, commit);
  }
}

/** What fails without any I/O fails again: it is the event's fault, and not that of the store. */
function processed<T>(process: () => T): T {
  try {
    return process();
  } catch (cause) {
    throw new DomainError('FAILED_PRECONDITION', 'EVENT_UNPROCESSABLE', 'An event can not be applied to the state.', { cause });
  }
}
