import { DomainError } from '@serendip/shared-errors';
import { DirectoryObjectStore } from './directory-object-store.js';
import type { ObjectStore } from './object-store.js';

export { ObjectStore, type ByteRange } from './object-store.js';

/** Opens the object store of a URL: `file:<directory>`. Throws INVALID_ARGUMENT/OBJECT_STORE_UNKNOWN for any other. */
export function openObjectStore(url: string): ObjectStore {
  if (url.startsWith('file:') && url.length > 'file:'.length) return new DirectoryObjectStore(url.slice('file:'.length));
  throw new DomainError('INVALID_ARGUMENT', 'OBJECT_STORE_UNKNOWN', `There is no object store for '${url}': use file:<directory>.`);
}
