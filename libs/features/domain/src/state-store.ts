import type { Hash64 } from '@serendip/shared-identity';

/** Whom a user state belongs to: the tenant and the entity of libs/shared/identity. */
export interface UserKey {
  readonly tenant: string;
  readonly entity: string;
}

/** An item by the hash of its id. */
export interface ItemKey extends Hash64 {
  readonly tenant: string;
}

/** An item as it is kept; a deleted one keeps its ordinal and its id. */
export interface StoredItem {
  readonly tenant: string;
  readonly ordinal: number;
  readonly id: string;
  /** From 1, one more with each change. */
  readonly version: number;
  readonly deleted: boolean;
  /** Place in its partition's sequence of changes; only an item's newest change has one. */
  readonly sequence: number;
  /** Item message. */
  readonly document: Uint8Array;
}

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
  /** Newest hour in which an event was received; what is older by the dedupe window is forgotten. */
  readonly hour: number;
}

export const NEW_PARTITION: PartitionHead = { cursor: 0, items: {}, sequence: 0, hour: 0 };

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
  readonly events: readonly boolean[];
  readonly imports: readonly (ImportCursor | undefined)[];
}

/** All that a batch changes: it goes through as a whole or not at all. */
export interface PartitionCommit {
  readonly head: PartitionHead;
  readonly users: readonly { readonly key: UserKey; readonly record: Uint8Array }[];
  readonly statistics: readonly { readonly key: ItemKey; readonly row: Float64Array }[];
  readonly items: readonly { readonly item: StoredItem; readonly replacedSequence: number | undefined }[];
  readonly events: readonly Hash64[];
  readonly imports: readonly { readonly importId: string; readonly cursor: ImportCursor }[];
}

/** A partition's state as its processor needs it. */
export abstract class PartitionStore {
  abstract head(partition: number): Promise<PartitionHead>;
  abstract find(partition: number, wanted: WantedState): Promise<FoundState>;
  /** Throws ABORTED/STALE_OWNER, changing nothing, unless the partition's cursor is still `expectedCursor`. */
  abstract commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void>;
}

/** What readers ask for. Batches answer one for each key, in order. */
export abstract class StateReader {
  abstract users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]>;
  abstract itemsByOrdinal(tenant: string, ordinals: ArrayLike<number>): Promise<readonly (StoredItem | undefined)[]>;
  abstract itemsByHash(keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]>;
  /** A tenant's items in the order of their ordinals, from one on (inclusive), deleted ones included. */
  abstract listItems(tenant: string, fromOrdinal: number, max: number): Promise<readonly StoredItem[]>;
  /** Items of a partition that changed after a sequence, in the order of their newest changes. */
  abstract changedItems(tenant: string, partition: number, options: { readonly after: number; readonly max: number }): Promise<readonly StoredItem[]>;
  /** Statistics rows of every partition, in no order. */
  abstract statistics(): AsyncIterable<{ readonly key: ItemKey; readonly row: Float64Array }>;
}

export abstract class StateStore {
  abstract readonly partitions: PartitionStore;
  abstract readonly reader: StateReader;
  abstract close(): Promise<void>;
}
