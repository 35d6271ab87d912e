import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { TEMPORARY, folderOf, partsOf, unavailable } from './object-key.js';
import type { ByteRange, FileContent, ObjectStore } from './object-store.js';

/** Objects as files of a directory, one for each key. */
export class DirectoryObjectStore implements ObjectStore {
  private readonly root: string;

  constructor(directory: string) {
    this.root = resolve(directory);
  }

  async put(key: string, content: Uint8Array | FileContent): Promise<void> {
    const path = this.pathOf(key);
    await this.attempt(`write '${key}'`, async () => {
      await makeDurableFolder(dirname(path));
      await replace(path, content);
    });
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    const path = this.pathOf(key);
    const file = await this.attempt(`read '${key}'`, () => (range === undefined ? readFile(path) : readPart(path, range)).catch(absent));
    // Not a Buffer, whose `slice` would be a view.
    return file === undefined ? undefined : new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  }

  async list(prefix: string): Promise<readonly string[]> {
    const folder = join(this.root, folderOf(prefix));
    const entries = await this.attempt(`list '${prefix}'`, () => readdir(folder, { recursive: true, withFileTypes: true }).catch(absent));
    return (entries ?? [])
      .filter((entry) => entry.isFile() && !entry.name.startsWith(TEMPORARY))
      .map((entry) => relative(this.root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  async delete(key: string): Promise<void> {
    const path = this.pathOf(key);
    await this.attempt(`delete '${key}'`, () => unlink(path).catch(absent));
  }

  private pathOf(key: string): string {
    return join(this.root, ...partsOf(key));
  }

  private async attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw unavailable(what, (cause as NodeJS.ErrnoException).code ?? String(cause), cause);
    }
  }
}

/** Nothing where there is no such file; what else went wrong goes on. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return undefined;
  throw error;
}

async function readPart(path: string, { start, end }: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: new Uint8Array(end - start), position: start });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function replace(path: string, content: Uint8Array | FileContent): Promise<void> {
  const temporary = join(dirname(path), `${TEMPORARY}${randomBytes(8).toString('hex')}`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile('path' in content ? createReadStream(content.path) : content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await sync(dirname(path));
}

/** Makes the folder and its missing parents; a new folder is durable once the folder it is in has been synced. */
async function makeDurableFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await sync(dirname(made));
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
