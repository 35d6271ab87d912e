import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, Failure } from '../commands/failure.js';
import { keyOf, type GatewayFlags } from '../commands/gateway-options.js';
import { download } from '../data-sets/download.js';
import { readModelFolder, type ModelFolder } from './model-folder.js';
import { readVersion } from './registry.js';

export interface FetchedVersion {
  /** By its number. */
  readonly reference: string;
  readonly folder: ModelFolder;
}

/** Downloads a version as the folder that it was pushed from. Throws Failure. */
export async function fetchVersion(reference: string, flags: GatewayFlags, folder: string): Promise<FetchedVersion> {
  const { name, version, description } = await readVersion(reference, flags);
  if (description === undefined) throw new Failure(`The files of ${name}@${version} are not there any more.`, EXIT.refused);
  const { files: hashes, ...model } = description;
  await mkdir(folder, { recursive: true });
  // JSON is YAML.
  await writeFile(join(folder, 'model.yaml'), `${JSON.stringify(model, null, 2)}\n`);
  const files = Object.entries(hashes as Readonly<Record<string, string>>).map(([path, sha256]) => ({ path, sha256, bytes: 0, rows: 0 }));
  const addressOf = (path: string): string => `${flags.url}/v1/models/${encodeURIComponent(name)}/versions/${version}/file?${new URLSearchParams({ path })}`;
  await download(files, { addressOf, key: keyOf(flags), out: folder, onFile: () => undefined });
  return { reference: `${name}@${version}`, folder: await readModelFolder(folder) };
}

/** Does something with a folder that is gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'serendip-models-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
