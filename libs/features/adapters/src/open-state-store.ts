import type { Generations, StateStore } from '@serendip/features-domain';
import { REDIS_FORMS, isRedisUrl } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import { LmdbGenerations } from './lmdb/lmdb-generations.js';
import { LmdbStateStore, type LmdbStateStoreOptions } from './lmdb/lmdb-state-store.js';
import { RedisStateStore } from './redis/redis-state-store.js';

/**
 * Opens the state store of a URL: `lmdb:<directory>`, `redis://host:port/database` or `redis-cluster://host:port,host:port`. Throws
 * INVALID_ARGUMENT/STATE_STORE_UNKNOWN for any other, and for a Redis FAILED_PRECONDITION/STATE_STORE_SETTING or UNAVAILABLE/STATE_FAILED.
 */
export async function openStateStore(url: string, options: LmdbStateStoreOptions = {}): Promise<StateStore> {
  const folder = lmdbFolderOf(url);
  if (folder !== undefined) return new LmdbStateStore(new LmdbGenerations(folder).openLive(), options);
  if (isRedisUrl(url)) return RedisStateStore.open(url, options);
  throw new DomainError('INVALID_ARGUMENT', 'STATE_STORE_UNKNOWN', `There is no state store for '${url}': use lmdb:<directory>, ${REDIS_FORMS}.`);
}

/** The generations of the state of a URL that was opened as `store`; undefined for an engine that has none. */
export function openGenerations(url: string, store: StateStore): Generations | undefined {
  if (store instanceof RedisStateStore) return store.generations;
  const folder = lmdbFolderOf(url);
  return folder === undefined ? undefined : new LmdbGenerations(folder);
}

/** Opens what `Generations.begin` answered. Throws as `openStateStore`. */
export async function openGeneration(url: string): Promise<StateStore> {
  const folder = lmdbFolderOf(url);
  return folder === undefined ? RedisStateStore.openGeneration(url) : new LmdbStateStore(folder);
}

const lmdbFolderOf = (url: string): string | undefined => /^lmdb:(?<folder>.+)$/.exec(url)?.groups?.['folder'];
