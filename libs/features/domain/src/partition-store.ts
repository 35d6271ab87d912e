import type { Hash64 } from '@serendip/shared-identity';
import type { OutgoingEvent } from './outbox.js';
import type { ItemKey, ItemRow, StoredItem, UserKey } from './state-reader.js';

/** How far an import has been applied, or another partition's events: for those `batch` is the position of the cause. */
export interface ImportCursor {
  readonly batch: number;
  readonly index: number;
}

/** What a partition knows of itself besides its records. */
export interface PartitionHead {
  /** Position after the last applied record; 0 before the first. */
  readonly cursor: number;
  /** Items each tenant has had in this partition. */
  readonly items: Readonly<Record<string, number>>;
  /** The last change sequence given to an item. */
  readonly sequence: number;
  /** Newest hour (since the epoch) in which an event was received. */
  readonly hour: number;
}

export const NEW_PARTITION: PartitionHead = { cursor: 0, items: {}, sequence: 0, hour: 0 };

/** How long a repeat of an event is known for one: whatever was received up to so many hours before the newest event. */
export const DEDUPE_HOURS = 25;

/** What a processor must know before it can apply a batch. */
export interface WantedState {
  readonly users: readonly UserKey[];
  readonly statistics: readonly ItemKey[];
  readonly items: readonly ItemKey[];
  readonly events: readonly Hash64[];
  readonly imports: readonly string[];
}

/** The same, found: one for each, in order; undefined where there is nothing. */
export interface FoundState {
  readonly head: PartitionHead;
  readonly users: readonly (Uint8Array | undefined)[];
  readonly statistics: readonly (Float64Array | undefined)[];
  readonly items: readonly (StoredItem | undefined)[];
  /** The hour an event id was applied in; one older than the dedupe window may have been forgotten. */
  readonly events: readonly (number | undefined)[];
  readonly imports: readonly (ImportCursor | undefined)[];
}

/** An event id that was applied, and the partition's newest hour then. */
export interface AppliedEvent {
  readonly hash: Hash64;
  readonly hour: number;
}

/** All that a batch changes: it goes through as a whole or not at all. Arrays may share a buffer. */
export interface PartitionCommit {
  readonly head: PartitionHead;
  /** One without a record is removed. */
  readonly users: readonly { readonly key: UserKey; readonly record: Uint8Array | undefined }[];
  readonly statistics: readonly ItemRow[];
  readonly items: readonly { readonly item: StoredItem; readonly replacedSequence: number | undefined }[];
  readonly events: readonly AppliedEvent[];
  readonly imports: readonly { readonly importId: string; readonly cursor: ImportCursor }[];
  /** Events for other partitions, by position. */
  readonly outgoing: readonly OutgoingEvent[];
}

/** A partition's state as its processor needs it. */
export abstract class PartitionStore {
  abstract head(partition: number): Promise<PartitionHead>;
  abstract find(partition: number, wanted: WantedState): Promise<FoundState>;
  /**
   * Throws ABORTED/STALE_OWNER, changing nothing, unless the partition's cursor is still `expectedCursor`. Readers see the whole
   * of it once it resolves. Event ids older than the dedupe window of the new head may be forgotten.
   */
  abstract commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void>;
}
