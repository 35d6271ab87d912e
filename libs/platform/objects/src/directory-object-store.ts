import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { DomainError } from '@serendip/shared-errors';
import type { ObjectStore } from './object-store.js';

const PART = /^[A-Za-z0-9@_.=+-]{1,200}$/;
const TEMPORARY = '.writing-';

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Objects as files of a directory, one for each key. */
export class DirectoryObjectStore implements ObjectStore {
  private readonly root: string;

  constructor(directory: string) {
    this.root = resolve(directory);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(key);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `${TEMPORARY}${randomBytes(8).toString('hex')}`);
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await sync(folder);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return readFile(this.pathOf(key)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith(TEMPORARY))
      .map((entry) => relative(this.root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  /** Throws INVALID_ARGUMENT/OBJECT_KEY_INVALID for a key that could lead out of the directory. */
  private pathOf(key: string): string {
    const parts = key.split('/');
    if (!parts.every((part) => PART.test(part) && part !== '.' && part !== '..' && !part.startsWith(TEMPORARY))) {
      throw new DomainError('INVALID_ARGUMENT', 'OBJECT_KEY_INVALID', `'${key}' is no object key: parts of letters, digits and @_.=+- separated by '/'.`);
    }
    return join(this.root, ...parts);
  }
}
