import { encodeNpy, writeBundle, type StoredBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { retrieverBundle } from '@serendip/retrieval-adapters';
import { tasteFiles } from '@serendip/ranking-adapters';
import type { TasteTable } from '@serendip/ranking-domain';
import type { RankerModel } from '@serendip/training-adapters';
import { HEADS } from '../stages/examples.js';
import { HEAD_WEIGHTS } from '../stages/ranker-stage.js';
import type { TrainedRetriever } from '../stages/retriever-stage.js';

export interface Described {
  readonly dataset: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Writes a retriever as tables that NumPy reads too. */
export function writeRetriever(objects: ObjectStore, parts: TrainedRetriever, { dataset, metrics }: Described): Promise<StoredBundle> {
  const { manifest, files } = retrieverBundle('retriever', { ...parts, reference: 'retriever@0' });
  return writeBundle(objects, { manifest: { ...manifest, dataset, metrics: { ...metrics }, owner: 'trainer' }, files });
}

export interface RankerParts extends Pick<RankerModel, 'onnx' | 'featureMeans'> {
  readonly features: readonly string[];
  readonly taste: TasteTable;
}

/** Writes a ranker as ONNX with the means its contributions are measured against, and what it computes tastes from. */
export function writeRanker(objects: ObjectStore, { onnx, featureMeans, features, taste }: RankerParts, { dataset, metrics }: Described): Promise<StoredBundle> {
  return writeBundle(objects, {
    manifest: {
      name: 'ranker', kind: 'ranker', format: 'onnx', features: [...features], heads: HEADS.map((name, i) => ({ name, weight: HEAD_WEIGHTS[i]! })), dataset,
      metrics: { ...metrics }, owner: 'trainer',
    },
    files: { 'model.onnx': onnx, 'feature_means.npy': encodeNpy({ data: featureMeans, shape: [featureMeans.length] }), ...tasteFiles(taste) },
  });
}
