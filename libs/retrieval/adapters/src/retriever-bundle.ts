import { encodeItems, encodeNpy, type BundleManifest } from '@serendip/platform-bundles';
import type { NeighbourTable, RetrieverParts } from '@serendip/retrieval-domain';

/** A retriever as `writeBundle` takes it and `BundleRetrieverLoader` reads it; metrics, dataset and owner are the caller's to add. */
export function retrieverBundle(name: string, { items, encoder, itemOut, bias, neighbours, similar }: RetrieverParts): { manifest: Omit<BundleManifest, 'files'>; files: Record<string, Uint8Array> } {
  const { dimension: d, lags, hidden } = encoder;
  const matrix = (data: Float32Array, ...shape: number[]): Uint8Array => encodeNpy({ data, shape });
  const table = (prefix: string, { ids, weights, width }: NeighbourTable): Record<string, Uint8Array> => ({
    [`${prefix}_ids.npy`]: encodeNpy({ data: ids, shape: [items.length, width] }),
    [`${prefix}_weights.npy`]: encodeNpy({ data: weights, shape: [items.length, width] }),
  });
  return {
    manifest: { name, kind: 'retriever', format: 'table', encoder: 'lag-filter', parameters: { d, L: lags, hidden }, metrics: {} },
    files: {
      'items.txt': encodeItems(items),
      'item_in.npy': matrix(encoder.itemIn, items.length, d), 'item_out.npy': matrix(itemOut, items.length, d), 'bias.npy': matrix(bias, items.length),
      'lag_weights.npy': matrix(encoder.lagWeights, lags, d), 'w1.npy': matrix(encoder.w1, hidden, d), 'b1.npy': matrix(encoder.b1, hidden), 'w2.npy': matrix(encoder.w2, d, hidden),
      ...(neighbours === undefined ? {} : table('neighbours', neighbours)),
      ...(similar === undefined ? {} : table('similar', similar)),
    },
  };
}
