import { decodeNpy, readBundle, type OpenBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import type { DeviceChoice, Fallback, ModelFiles } from '@serendip/platform-runtimes';
import { Ranker } from '@serendip/ranking-domain';
import type { ItemColumns } from '@serendip/shared-catalogue';
import type { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { RankerGraph } from './ranker-graph.js';
import { readTaste } from './taste-files.js';

export interface LoadRankerOptions {
  readonly device: DeviceChoice;
  /** Runs at the same time where the model runs on the processor. */
  readonly sessions: number;
  /** How long a request may wait for others to share its run, milliseconds. */
  readonly maxDelayMs: number;
  /** What it is warmed up over. */
  readonly columns: ItemColumns;
  readonly onFallback: (ranker: string, fallback: Fallback) => void;
}

/** Files of a bundle that are not the graph's. */
const BESIDE = /^(feature_means\.npy|taste_.*)$/;

/** Loads a registered ranker version and warms it up. Throws INVALID_ARGUMENT/MODEL_INVALID and what bundles throw. */
export async function loadRanker(objects: ObjectStore, model: control.ModelVersion, { device, sessions, maxDelayMs, columns, onFallback }: LoadRankerOptions): Promise<Ranker> {
  const bundle = await readBundle(objects, model.bundle, model.digest);
  const { features = [], heads = [], kind, format } = bundle.manifest;
  const name = `${model.name}@${model.version}`;
  if (kind !== 'ranker' || format === 'table' || features.length === 0 || heads.length === 0) {
    throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `${name} is not an ONNX or TensorFlow ranker with features and heads.`);
  }
  const taste = await readTaste(bundle);
  const shape = { features: features.length, heads: heads.map((head) => head.name) };
  const runtime = await RankerGraph.open(await graphFiles(bundle), shape, { format, device, sessions, onFallback: (fallback) => onFallback(name, fallback) });
  const ranker = new Ranker({ name, features, heads, means: await meansOf(bundle, features.length), ...(taste === undefined ? {} : { taste }) }, runtime, maxDelayMs);
  await ranker.warmUp(columns, Date.now());
  return ranker;
}

async function graphFiles(bundle: OpenBundle): Promise<ModelFiles> {
  const names = Object.keys(bundle.manifest.files).filter((name) => !BESIDE.test(name));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bundle.file(name)] as const)));
}

/** Zeros where a bundle doesn't say. */
async function meansOf(bundle: OpenBundle, features: number): Promise<Float32Array> {
  if (bundle.manifest.files['feature_means.npy'] === undefined) return new Float32Array(features);
  return Float32Array.from(decodeNpy(await bundle.file('feature_means.npy')).data);
}
