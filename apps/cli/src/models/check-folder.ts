import type { Check, CheckOptions } from '@serendip/models-adapters';
import { storeBundle } from '@serendip/platform-bundles';
import { openObjectStore } from '@serendip/platform-objects';
import { withFolder } from './fetch-version.js';
import { hashesOf, type ModelFolder } from './model-folder.js';

/** Makes the checks of a folder that a push makes, but for the evaluation against the champion. */
export async function checkFolder(folder: ModelFolder, options: CheckOptions): Promise<readonly Check[]> {
  const [{ checkBundle }, { BundleRetrieverLoader }] = await Promise.all([import('@serendip/models-adapters'), import('@serendip/retrieval-adapters')]);
  return withFolder(async (store) => {
    const objects = openObjectStore(`file:${store}`);
    const stored = await storeBundle(objects, { manifest: folder.model, hashes: await hashesOf(folder), read: folder.read });
    const loadTable: CheckOptions['loadTable'] = (table) => new BundleRetrieverLoader(objects).load({ tenant: '', name: folder.model.name, version: 0, ...table });
    return checkBundle(objects, stored, { loadTable, ...options });
  });
}
