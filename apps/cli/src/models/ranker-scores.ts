import { decodeNpy } from '@serendip/platform-bundles';
import { EXIT, Failure } from '../commands/failure.js';
import { featuresFor, type Slates } from '../evaluation/slates.js';
import type { ModelFolder } from './model-folder.js';

const MEANS = 'feature_means.npy';

/** A ranker's features of slates. Throws Failure for what is no ONNX ranker. */
export async function rankerFeatures({ model: { kind, format, features }, read, files }: ModelFolder, slates: Slates): Promise<Float32Array> {
  if (kind !== 'ranker' || format !== 'onnx' || features === undefined) throw new Failure(`A ${kind} of format ${format} does not order slates: only rankers as ONNX are held against exported ones.`, EXIT.refused);
  const means = files.includes(MEANS) ? decodeNpy(await read(MEANS)).data : new Float32Array(features.length);
  return featuresFor(slates, features, means);
}

/** What a ranker answers for every row, a column for each head; it runs in a process of its own. */
export async function rankerHeads(folder: ModelFolder, slates: Slates): Promise<Float32Array> {
  const { withModel, headScores } = await import('@serendip/models-adapters');
  const { features = [], heads = [] } = folder.model;
  const rows = await rankerFeatures(folder, slates);
  return withModel(await folder.read('model.onnx'), (model) => headScores(model, { features: rows, width: features.length, heads }));
}

/** A ranker's score of every row, by its own objective. */
export async function rankerScores(folder: ModelFolder, slates: Slates): Promise<Float32Array> {
  const { weighted } = await import('@serendip/models-adapters');
  return weighted(await rankerHeads(folder, slates), folder.model.heads ?? []);
}
