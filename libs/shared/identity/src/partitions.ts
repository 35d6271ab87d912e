import { hash64 } from './hash64.js';

/** Partitions of an install; another number is a replay into a new generation. */
export const PARTITIONS = 64;

/** Who or what an event is about; the unit of ordering. */
export type Entity = string & { readonly brand: 'Entity' };

export const userEntity = (userId: string): Entity => `u:${userId}` as Entity;
export const anonymousEntity = (anonymousId: string): Entity => `a:${anonymousId}` as Entity;
export const itemEntity = (itemId: string): Entity => `i:${itemId}` as Entity;

/** Partition of an entity, 0 to PARTITIONS - 1: hash64(tenant, entity) mod PARTITIONS. */
export function partitionOf(tenant: string, entity: Entity): number {
  const { lo, hi } = hash64(`${tenant}\0${entity}`);
  return ((hi % PARTITIONS) * (2 ** 32 % PARTITIONS) + (lo % PARTITIONS)) % PARTITIONS;
}

/** Ordinal of the n-th item (from 0) of a partition. */
export const ordinalOf = (n: number, partition: number): number => n * PARTITIONS + partition;

export const partitionOfOrdinal = (ordinal: number): number => ordinal % PARTITIONS;
