import { openAsBlob } from 'node:fs';
import { lstat, open, readFile, readdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HEAD_BYTES, MANIFEST, checkFile, parseDescription, refuseCode, type DescribedModel } from '@serendip/platform-bundles';
import { DomainError } from '@serendip/shared-errors';

/** A bundle as it lies in a folder. */
export interface ModelFolder {
  readonly model: DescribedModel;
  /** Names of the files beside model.yaml, sorted. */
  readonly files: readonly string[];
  readonly bytes: number;
  read(name: string): Promise<Uint8Array>;
}

/** Files of the Python project around a bundle, which are not part of it. */
const PROJECT = /^(\..*|.*\.py|.*\.md|requirements\.txt|__pycache__|.*-venv|venv)$/;

/**
 * Reads what a folder holds of a bundle. Throws NOT_FOUND/MODEL_FOLDER_MISSING, INVALID_ARGUMENT with BUNDLE_INVALID, BUNDLE_FILE_INVALID or
 * BUNDLE_CODE_REFUSED: a link is no file, wherever it leads.
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const read = (name: string): Promise<Uint8Array> => readFile(join(folder, name));
  const names = await readdir(folder).catch(() => { throw missing(folder); });
  if (!names.includes(MANIFEST)) throw missing(folder);
  const files = names.filter((name) => name !== MANIFEST && !PROJECT.test(name)).sort();
  let bytes = 0;
  for (const name of [MANIFEST, ...files]) {
    const file = await lstat(join(folder, name));
    if (!file.isFile()) throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_FILE_INVALID', `'${name}' is ${file.isSymbolicLink() ? 'a link' : 'no file'}: a bundle is a folder of plain files. Copy it here, or take it out.`);
    if (name !== MANIFEST) {
      checkFile(name, file.size);
      refuseCode(name, await headOf(join(folder, name)));
    }
    bytes += file.size;
  }
  return { model: parseDescription(await read(MANIFEST)), files, bytes, read };
}

/** A file's first bytes; the whole of one may be large. */
async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const missing = (folder: string): DomainError => new DomainError('NOT_FOUND', 'MODEL_FOLDER_MISSING', `There is no ${MANIFEST} in '${folder}': \`serendip model init ${folder}\` writes a project that makes one.`);

/** The folder as an upload; its files are read while they are sent. */
export async function formOf(folder: string, { files }: ModelFolder): Promise<FormData> {
  const form = new FormData();
  for (const name of [MANIFEST, ...files]) form.append('file', await openAsBlob(join(folder, name)), name);
  return form;
}

/** SHA-256 of every file, hexadecimal. */
export async function hashesOf({ files, read }: ModelFolder): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(await Promise.all(files.map(async (name) => [name, createHash('sha256').update(await read(name)).digest('hex')] as const)));
}
