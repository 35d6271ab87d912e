import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { EXIT, Failure } from '../commands/failure.js';
import type { FileAnswer } from './answers.js';

export interface Download {
  /** The gateway's address of a file by its path. */
  readonly addressOf: (path: string) => string;
  readonly key: string;
  /** Folder, made when it is not there. */
  readonly out: string;
  readonly onFile: (done: number) => void;
}

/** Downloads files below a folder; those that are there and whole already are left alone, so that it can be run again. */
export async function download(files: readonly FileAnswer[], { addressOf, key, out, onFile }: Download): Promise<void> {
  const root = resolve(out);
  for (const [i, { path, sha256 }] of files.entries()) {
    const target = join(root, path);
    if (!target.startsWith(`${root}${sep}`)) throw new Failure(`The gateway named a file outside of ${out}: ${path}`, EXIT.refused);
    if ((await hashOf(target)) !== sha256) await fetchFile(addressOf(path), { key, target, sha256 });
    onFile(i + 1);
  }
}

async function fetchFile(address: string, { key, target, sha256 }: { readonly key: string; readonly target: string; readonly sha256: string }): Promise<void> {
  const response = await fetch(address, { headers: { authorization: `Bearer ${key}` } }).catch((error: unknown) => { throw new Failure(`The gateway did not send ${address}: ${String(error)}`, EXIT.unreachable); });
  if (!response.ok || response.body === null) throw new Failure(`The gateway refused ${address}: ${await response.text()}`, EXIT.refused);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.part`;
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(partial));
    if ((await hashOf(partial)) !== sha256) throw new Failure(`${target} did not arrive whole: run the command again.`, EXIT.refused);
    await rename(partial, target);
  } finally {
    await rm(partial, { force: true });
  }
}

/** SHA-256 of a file; undefined where there is none. */
async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
