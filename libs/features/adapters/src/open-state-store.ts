import type { StateStore } from '@serendip/features-domain';
import { DomainError } from '@serendip/shared-errors';
import { LmdbStateStore, type LmdbStateStoreOptions } from './lmdb/lmdb-state-store.js';

/** Opens the state store of a URL: `lmdb:<directory>`. Throws INVALID_ARGUMENT/STATE_STORE_UNKNOWN for any other. */
export function openStateStore(url: string, options: LmdbStateStoreOptions = {}): StateStore {
  if (url.startsWith('lmdb:') && url.length > 'lmdb:'.length) return new LmdbStateStore(url.slice('lmdb:'.length), options);
  throw new DomainError('INVALID_ARGUMENT', 'STATE_STORE_UNKNOWN', `There is no state store for '${url}': use lmdb:<directory>.`);
}
