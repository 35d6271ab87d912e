import { Readable } from 'node:stream';
import type { ObjectStore } from '@serendip/platform-objects';
import type { training } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** The file of that path among some; NOT_FOUND/FILE_UNKNOWN. */
export function fileAt(files: readonly training.DatasetFile[], path: string): training.DatasetFile {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw new DomainError('NOT_FOUND', 'FILE_UNKNOWN', `There is no file '${path}' in it: its \`files\` are all there are.`);
  return file;
}

/** An object's bytes, read part by part as they are taken. */
export function download(objects: ObjectStore, { key, bytes }: training.DatasetFile): Readable {
  async function* parts(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes; start += CHUNK_BYTES) {
      const part = await objects.get(key, { start, end: Math.min(bytes, start + CHUNK_BYTES) });
      if (part === undefined) throw new DomainError('ABORTED', 'FILE_REWRITTEN', 'The file was written anew meanwhile: ask for it again.');
      yield part;
    }
  }
  return Readable.from(parts());
}
