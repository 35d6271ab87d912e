import { encodeNpy, writeBundle, type StoredBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { retrieverBundle } from '@serendip/retrieval-adapters';
import { RankerGraph, tasteFiles } from '@serendip/ranking-adapters';
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
  /** Feature rows whose scores are kept as golden outputs. */
  readonly goldenRows: Float32Array;
}

/** Writes a ranker as ONNX with the means its contributions are measured against, and what it computes tastes from. */
export async function writeRanker(objects: ObjectStore, { onnx, featureMeans, features, taste, goldenRows }: RankerParts, { dataset, metrics }: Described): Promise<StoredBundle> {
  return writeBundle(objects, {
    manifest: {
      name: 'ranker', kind: 'ranker', format: 'onnx', features: [...features], heads: HEADS.map((name, i) => ({ name, weight: HEAD_WEIGHTS[i]! })), dataset,
      signature: {
        inputs: [{ name: 'features', dtype: 'float32', shape: ['rows', features.length] }], outputs: [{ name: 'scores', dtype: 'float32', shape: ['rows', HEADS.length] }],
      },
      metrics: { ...metrics }, owner: 'trainer',
    },
    files: { 'model.onnx': onnx, 'feature_means.npy': encodeNpy({ data: featureMeans, shape: [featureMeans.length] }), 'golden.jsonl': await goldenFile(onnx, goldenRows, features.length), ...tasteFiles(taste) },
  });
}

async function goldenFile(onnx: Uint8Array, rows: Float32Array, width: number): Promise<Uint8Array> {
  const runtime = await RankerGraph.open({ 'model.onnx': onnx }, { features: width, heads: HEADS }, { format: 'onnx', device: 'cpu', sessions: 1, onFallback: () => undefined });
  try {
    const scores = await runtime.run(rows, rows.length / width);
    const golden = { inputs: { features: matrix(rows, width) }, outputs: { scores: matrix(scores, HEADS.length) } };
    return new TextEncoder().encode(`${JSON.stringify(golden)}\n`);
  } finally {
    await runtime.close();
  }
}

const matrix = (values: Float32Array, width: number): number[][] => Array.from({ length: values.length / width }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
