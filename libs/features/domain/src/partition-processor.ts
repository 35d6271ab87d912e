import type { BatchPlan } from './batch-plan.js';
import { BatchWork } from './batch-work.js';
import type { Documents } from './documents.js';
import type { FoundState, PartitionCommit } from './partition-store.js';
import { RepeatFilter } from './repeat-filter.js';
import type { ItemRow } from './state-reader.js';

/** What an applied batch did, besides the state it left. */
export interface ProcessedBatch {
  readonly commit: PartitionCommit;
  readonly applied: number;
  readonly duplicates: number;
  /** What the batch adds to each item's statistics: to be combined with what is known of the item elsewhere. */
  readonly statisticsAdded: readonly ItemRow[];
}

/**
 * Applies the events of one partition in position order. State depends on the partition's own log and on nothing else: the
 * same records give the same bytes, however they are cut into batches and however often a batch is tried.
 */
export class PartitionProcessor {
  constructor(private readonly partition: number, private readonly documents: Documents, private readonly options: { readonly dedupe: boolean } = { dedupe: true }) {}

  /** @param found what the plan wanted. @param end position after the last record read, poison ones included. */
  process(plan: BatchPlan, { found, end }: { readonly found: FoundState; readonly end: number }): ProcessedBatch {
    const repeats = new RepeatFilter(plan.wanted, found);
    const work = new BatchWork({ partition: this.partition, documents: this.documents, plan, found });
    let duplicates = 0;
    for (const step of plan.steps) {
      repeats.advance(step.event.receivedAtMs);
      if (this.options.dedupe && repeats.isRepeat(step)) duplicates++;
      else work.apply(step);
    }
    const { commit, statisticsAdded } = work.result({ cursor: end, hour: repeats.hour });
    return {
      commit: { ...commit, events: repeats.applied(), imports: repeats.movedImports() },
      applied: plan.steps.length - duplicates, duplicates, statisticsAdded,
    };
  }
}
