import { partitionOf, type Entity, type Hash64 } from '@serendip/shared-identity';

/** Whom a user state belongs to: the tenant and the entity of libs/shared/identity. */
export interface UserKey {
  readonly tenant: string;
  readonly entity: string;
}

/** The partition that has a user's state. */
export const partitionOfUser = ({ tenant, entity }: UserKey): number => partitionOf(tenant, entity as Entity);

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

/** Statistics of an item as one partition has counted them. */
export interface ItemRow {
  readonly key: ItemKey;
  readonly row: Float64Array;
}

/** User states and statistics as of the newest commit. */
export abstract class StateReader {
  /** The record of each user, in order; undefined where there is none. */
  abstract users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Statistics rows of a partition, in no order. */
  abstract statistics(partition: number): AsyncIterable<ItemRow>;
}

/** Items as of the newest commit. Batches answer one for each key, in order. */
export abstract class CatalogueReader {
  abstract itemsByOrdinal(tenant: string, ordinals: ArrayLike<number>): Promise<readonly (StoredItem | undefined)[]>;
  abstract itemsByHash(keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]>;
  /** Ordinals without their documents; -1 for an item that is not known. */
  abstract ordinals(keys: readonly ItemKey[]): Promise<Int32Array>;
  /** A tenant's items in the order of their ordinals, from one on (inclusive), deleted ones included. */
  abstract listItems(tenant: string, fromOrdinal: number, max: number): Promise<readonly StoredItem[]>;
  /** Items of a partition that changed after a sequence, in the order of their newest changes. */
  abstract changedItems(tenant: string, partition: number, options: { readonly after: number; readonly max: number }): Promise<readonly StoredItem[]>;
}
