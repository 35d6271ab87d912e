export { countInteraction } from './count-interaction.js';
export { Documents } from './documents.js';
export { PartitionApplier } from './partition-applier.js';
export { DEDUPE_HOURS, PartitionProcessor, wantedState, type ProcessedBatch } from './partition-processor.js';
export type { PositionedEvent, StateEvent } from './state-event.js';
export {
  NEW_PARTITION, PartitionStore, StateReader, StateStore, type FoundState, type ImportCursor, type ItemKey, type PartitionCommit, type PartitionHead, type StoredItem,
  type UserKey, type WantedState,
} from './state-store.js';
export { StatisticsRollup } from './statistics-rollup.js';
export { UserStateDraft, type Interaction } from './user-state-draft.js';
