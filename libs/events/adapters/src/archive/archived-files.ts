import { createHash } from 'node:crypto';
import type { ObjectStore } from '@serendip/platform-objects';
import { ParquetFile } from '@serendip/platform-parquet';
import { DomainError } from '@serendip/shared-errors';
import type { ArchivedFile } from './commit-manifest.js';

/** How a file is described that holds these bytes. */
export function describe(bytes: Uint8Array, keyOf: (sha256: string) => string, rows: number): ArchivedFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { key: keyOf(sha256), sha256, bytes: bytes.length, rows };
}

/** Opens a file to read parts of it; this and every read reject with DATA_LOSS/ARCHIVE_DAMAGED when it is not there. */
export function openFile(objects: ObjectStore, { key, bytes }: ArchivedFile): Promise<ParquetFile> {
  return ParquetFile.open({ byteLength: bytes, slice: async (start: number, end: number = bytes) => bufferOf(await part(objects, key, { start, end })) });
}

/** Rejects with DATA_LOSS/ARCHIVE_DAMAGED when the file is not there. */
export async function requireFile(objects: ObjectStore, { key }: ArchivedFile): Promise<void> {
  await part(objects, key, { start: 0, end: 1 });
}

/** The whole file; DATA_LOSS/ARCHIVE_DAMAGED unless its bytes are those that were written. */
export async function readWhole(objects: ObjectStore, { key, sha256 }: ArchivedFile): Promise<Uint8Array> {
  const bytes = await objects.get(key);
  if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== sha256) throw damaged(key);
  return bytes;
}

async function part(objects: ObjectStore, key: string, range: { readonly start: number; readonly end: number }): Promise<Uint8Array> {
  const bytes = await objects.get(key, range);
  if (bytes === undefined || bytes.length !== range.end - range.start) throw damaged(key);
  return bytes;
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

const damaged = (key: string): DomainError => new DomainError('DATA_LOSS', 'ARCHIVE_DAMAGED', `'${key}' of the archive is missing or not what was written: restore it from a copy of the object store.`);
