import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check, CheckOptions } from '@serendip/models-adapters';
import { storeBundle } from '@serendip/platform-bundles';
import { openObjectStore } from '@serendip/platform-objects';
import { hashesOf, type ModelFolder } from './model-folder.js';

/** Makes the checks of a folder that a push makes, but for the evaluation against the champion. */
export async function checkFolder(folder: ModelFolder, options: CheckOptions): Promise<readonly Check[]> {
  const [{ checkBundle }, { BundleRetrieverLoader }] = await Promise.all([import('@serendip/models-adapters'), import('@serendip/retrieval-adapters')]);
  const store = await mkdtemp(join(tmpdir(), 'serendip-check-'));
  try {
    const objects = openObjectStore(`file:${store}`);
    const stored = await storeBundle(objects, { manifest: folder.model, hashes: await hashesOf(folder), read: folder.read });
    const loadTable: CheckOptions['loadTable'] = (table) => new BundleRetrieverLoader(objects).load({ tenant: '', name: folder.model.name, version: 0, ...table });
    return await checkBundle(objects, stored, { loadTable, ...options });
  } finally {
    await rm(store, { recursive: true, force: true });
  }
}
