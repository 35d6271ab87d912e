import { decodeNpy, readBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import { Ranker } from '@serendip/ranking-domain';
import type { ItemColumns } from '@serendip/shared-catalogue';
import type { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { OnnxRuntime } from './onnx-runtime.js';
import { readTaste } from './taste-files.js';

/** Loads a registered ranker version and warms it up over these columns. Throws INVALID_ARGUMENT/MODEL_INVALID and what bundles throw. */
export async function loadRanker(objects: ObjectStore, model: control.ModelVersion, { sessions, columns }: { readonly sessions: number; readonly columns: ItemColumns }): Promise<Ranker> {
  const bundle = await readBundle(objects, model.bundle, model.digest);
  const { features = [], heads = [], kind, format } = bundle.manifest;
  if (kind !== 'ranker' || format !== 'onnx' || features.length === 0 || heads.length === 0) {
    throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `${model.name}@${model.version} is not an ONNX ranker with features and heads.`);
  }
  const means = decodeNpy(await bundle.file('feature_means.npy')).data;
  const taste = await readTaste(bundle);
  const runtime = await OnnxRuntime.load(await bundle.file('model.onnx'), { features: features.length, sessions });
  const ranker = new Ranker({ name: `${model.name}@${model.version}`, features, heads, means: Float32Array.from(means), ...(taste === undefined ? {} : { taste }) }, runtime, sessions);
  await ranker.warmUp(columns, Date.now());
  return ranker;
}
