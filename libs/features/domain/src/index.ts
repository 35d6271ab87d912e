export { planBatch, type BatchPlan, type BatchStep } from './batch-plan.js';
export { countInteraction } from './count-interaction.js';
export { Documents } from './documents.js';
export { Generations, type RebuildNews } from './generations.js';
export { MemoryStateStore, staleOwner } from './memory-state-store.js';
export { Outbox, causeKey, type OutgoingEvent } from './outbox.js';
export { MemoryPartitionLeases } from './ownership/memory-partition-leases.js';
export { PartitionLeases, partitionsOf, shareOf, type Member, type PartitionMap } from './ownership/partition-leases.js';
export { PartitionApplier } from './partition-applier.js';
export { PartitionProcessor, type ProcessedBatch } from './partition-processor.js';
export {
  DEDUPE_HOURS, NEW_PARTITION, PartitionStore, type AppliedEvent, type FoundState, type ImportCursor, type PartitionCommit, type PartitionHead, type WantedState,
} from './partition-store.js';
export { readStates, type ReadState } from './read-states.js';
export { encodeRedirect, redirectOf } from './redirect.js';
export { CountedStatistics, type SharedState } from './shared-state.js';
export type { Cause, Erase, Identify, Merge, PositionedEvent, StateEvent } from './state-event.js';
export { CatalogueReader, StateReader, partitionOfUser, type ItemKey, type ItemRow, type StoredItem, type UserKey } from './state-reader.js';
export { StateStore } from './state-store.js';
export { StatisticsRollup, type ChangedStatistics } from './statistics-rollup.js';
export { UserStateDraft, type Interaction } from './user-state-draft.js';
export { visitorsKey, visitorsOf } from './visitors.js';
export { WriteBehindStateStore } from './write-behind/write-behind-state-store.js';
