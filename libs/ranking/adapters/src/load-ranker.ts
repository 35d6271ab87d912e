import { decodeNpy, readBundle, type OpenBundle } from '@serendip/platform-bundles';
import type { ObjectStore } from '@serendip/platform-objects';
import type { DeviceChoice, Fallback, ModelFiles } from '@serendip/platform-runtimes';
import { Ranker, type RankQuery } from '@serendip/ranking-domain';
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
  /** What it is warmed up over: requests as they came or, where there are none, made-up ones over the columns. */
  readonly columns: ItemColumns;
  readonly requests: readonly RankQuery[];
  /** Told how many bytes the version takes before it takes them; throws when that is too much. */
  readonly reserve: (bytes: number) => void;
  readonly onFallback: (ranker: string, fallback: Fallback) => void;
}

/** Files of a bundle that are not the graph's. */
const BESIDE = /^(feature_means\.npy|taste_.*)$/;

/** Loads a registered ranker version and tries it. Throws INVALID_ARGUMENT/MODEL_INVALID, UNAVAILABLE/RUNTIME_UNAVAILABLE, FAILED_PRECONDITION/RANKER_UNPROVEN when it does not score what it is tried on, and what bundles and `reserve` throw. */
export async function loadRanker(objects: ObjectStore, model: control.ModelVersion, options: LoadRankerOptions): Promise<Ranker> {
  const { device, sessions, maxDelayMs, columns, requests, reserve, onFallback } = options;
  const bundle = await readBundle(objects, model.bundle, model.digest);
  const { features = [], heads = [], kind, format } = bundle.manifest;
  const name = `${model.name}@${model.version}`;
  if (kind !== 'ranker' || format === 'table' || features.length === 0 || heads.length === 0) {
    throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `${name} is not an ONNX or TensorFlow ranker with features and heads.`);
  }
  const taste = await readTaste(bundle);
  const shape = { features: features.length, heads: heads.map((head) => head.name) };
  const files = await graphFiles(bundle);
  const graphBytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  const tasteBytes = taste === undefined ? 0 : taste.ids.byteLength + taste.weights.byteLength;
  const means = await meansOf(bundle, features.length);
  reserve(sessionsAtMost(options) * graphBytes + tasteBytes);
  const runtime = await RankerGraph.open(files, shape, { format, device, sessions, onFallback: (fallback) => onFallback(name, fallback) });
  try {
    // One that runs on a card has one session, whatever was asked for; one that was meant for a card may have as many as that.
    const bytes = runtime.sessions * graphBytes + tasteBytes;
    reserve(bytes);
    const ranker = new Ranker({ name, features, heads, bytes, means, ...(taste === undefined ? {} : { taste }) }, runtime, maxDelayMs);
    await tried(ranker, { columns, nowMs: Date.now(), requests });
    return ranker;
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/** How many copies of a graph this machine is expected to hold, as far as the device says: a card's goes through its memory once. */
const sessionsAtMost = ({ device, sessions }: Pick<LoadRankerOptions, 'device' | 'sessions'>): number => (device === 'gpu' || device === 'cuda' ? 1 : sessions);

async function tried(ranker: Ranker, over: Parameters<Ranker['warmUp']>[0]): Promise<void> {
  try {
    await ranker.warmUp(over);
  } catch (cause) {
    throw new DomainError('FAILED_PRECONDITION', 'RANKER_UNPROVEN', `${ranker.spec.name} is not used: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
}

/** Files of a bundle's graph, whatever its format. */
export async function graphFiles(bundle: OpenBundle): Promise<ModelFiles> {
  const names = Object.keys(bundle.manifest.files).filter((name) => !BESIDE.test(name));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bundle.file(name)] as const)));
}

/** Zeros where a bundle doesn't say. */
async function meansOf(bundle: OpenBundle, features: number): Promise<Float32Array> {
  if (bundle.manifest.files['feature_means.npy'] === undefined) return new Float32Array(features);
  return Float32Array.from(decodeNpy(await bundle.file('feature_means.npy')).data);
}
