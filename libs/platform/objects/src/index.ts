import { DomainError } from '@serendip/shared-errors';
import { DirectoryObjectStore } from './directory-object-store.js';
import type { ObjectStore } from './object-store.js';
import { parseS3Address } from './s3-address.js';
import { S3ObjectStore } from './s3-object-store.js';

export { ObjectStore, type ByteRange, type FileContent } from './object-store.js';

/** Opens the object store of a URL: `file:DIRECTORY`, or `s3://BUCKET[/PREFIX][?region=…&endpoint=…]`. Throws INVALID_ARGUMENT/OBJECT_STORE_UNKNOWN for any other. */
export function openObjectStore(url: string): ObjectStore {
  if (url.startsWith('file:') && url.length > 'file:'.length) return new DirectoryObjectStore(url.slice('file:'.length));
  if (url.startsWith('s3:')) return new S3ObjectStore(parseS3Address(url));
  throw new DomainError('INVALID_ARGUMENT', 'OBJECT_STORE_UNKNOWN', `There is no object store for '${url}': say file:DIRECTORY or s3://BUCKET.`);
}
