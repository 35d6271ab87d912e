import { decodeItems, decodeNpy, encodeItems, encodeNpy, type OpenBundle } from '@serendip/platform-bundles';
import type { TasteTable } from '@serendip/ranking-domain';

const ITEMS = 'taste_items.txt';
const IDS = 'taste_ids.npy';
const WEIGHTS = 'taste_weights.npy';

/** A taste table as files of a ranker's bundle: taste_items.txt, taste_ids.npy (items × width, int32, -1 for none), taste_weights.npy (float32). */
export function tasteFiles({ items, width, ids, weights }: TasteTable): Readonly<Record<string, Uint8Array>> {
  const shape = [items.length, width];
  return { [ITEMS]: encodeItems(items), [IDS]: encodeNpy({ data: ids, shape }), [WEIGHTS]: encodeNpy({ data: weights, shape }) };
}

/** The taste table of a bundle; undefined when it has none. Throws RangeError for files that are no such table. */
export async function readTaste(bundle: OpenBundle): Promise<TasteTable | undefined> {
  if (!Object.hasOwn(bundle.manifest.files, IDS)) return undefined;
  const { data: ids, shape: [, width = 0] } = decodeNpy(await bundle.file(IDS));
  const { data: weights } = decodeNpy(await bundle.file(WEIGHTS));
  if (!(ids instanceof Int32Array) || !(weights instanceof Float32Array)) throw new RangeError(`${IDS} must be int32 and ${WEIGHTS} float32.`);
  return { items: decodeItems(await bundle.file(ITEMS)), width, ids, weights };
}
