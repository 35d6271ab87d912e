import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import { HEAD_BYTES, MANIFEST, MOST_FILES, checkFile, refuseCode } from '@serendip/platform-bundles';
import { DomainError, isDomainError } from '@serendip/shared-errors';

/** What one model may have in all. */
const MOST_BYTES = 2 ** 30;

export interface ReceivedFile {
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly path: string;
}

interface Part {
  readonly type: 'file' | 'field';
  readonly fieldname: string;
}

/**
 * Writes the files of a multipart body into a folder while they come, hashed on the way; their names are names only. Throws INVALID_ARGUMENT with
 * UPLOAD_INVALID, BUNDLE_FILE_INVALID, BUNDLE_CODE_REFUSED or UPLOAD_TOO_LARGE.
 */
export async function receiveFiles(parts: AsyncIterable<Part | MultipartFile>, folder: string): Promise<readonly ReceivedFile[]> {
  try {
    return await receive(parts, folder);
  } catch (error) {
    const isKnown = isDomainError(error) || (error instanceof Error && ('statusCode' in error || 'errno' in error));
    throw isKnown ? error : invalid(`can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function receive(parts: AsyncIterable<Part | MultipartFile>, folder: string): Promise<readonly ReceivedFile[]> {
  const files: ReceivedFile[] = [];
  let bytes = 0;
  for await (const part of parts) {
    if (!('file' in part)) throw invalid(`has the field '${part.fieldname.slice(0, 100)}': every part is a file, named by its filename`);
    const { filename: name, file } = part;
    if (name !== MANIFEST) checkFile(name, 0);
    if (files.some((other) => other.name === name)) throw invalid(`has '${name}' twice`);
    if (files.length > MOST_FILES) throw invalid(`has more than ${MOST_FILES} files`);
    const path = join(folder, String(files.length));
    const hash = createHash('sha256');
    let head = Buffer.alloc(0);
    await pipeline(file, async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) throw new DomainError('INVALID_ARGUMENT', 'UPLOAD_TOO_LARGE', `A model may have ${MOST_BYTES} bytes in all.`, { metadata: { httpStatus: '413' } });
        if (head.length < HEAD_BYTES) refuseCode(name, head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]));
        hash.update(chunk);
        yield chunk;
      }
    }, createWriteStream(path));
    files.push({ name, hash: hash.digest('hex'), path });
  }
  return files;
}

const invalid = (what: string): DomainError => new DomainError('INVALID_ARGUMENT', 'UPLOAD_INVALID', `The upload ${what}.`);
