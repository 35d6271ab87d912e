/** The reference models, fixed: what overhead is measured against. Random weights; a run costs what a trained one would. */
import { encodeNpy, writeBundle, type StoredBundle } from '@serendip/platform-bundles';
import { OnnxGraph } from '@serendip/platform-onnx';
import type { ObjectStore } from '@serendip/platform-objects';
import { RANKING_FEATURE_NAMES } from '@serendip/ranking-domain';
import { retrieverBundle } from '@serendip/retrieval-adapters';
import { noise } from '../../shared/random.ts';

const DIMENSION = 64;
const LAGS = 32;
const NEIGHBOURS = 20;

/** Features of the context that each request brings, so that 64 inputs are computed with the 48 that are declared. */
const CONTEXT_FEATURES = [
  'context.locale=sv-SE', 'context.locale=nb-NO', 'context.locale=en-GB', 'context.country=NO', 'context.country=SE', 'context.country=DK', 'context.campaign=sale',
  'context.campaign=none', 'context.channel=web', 'context.channel=app', 'context.basketValue', 'context.basketItems', 'context.temperature', 'context.screenWidth',
  'context.member', 'context.returning',
];
/** Declared since the reference was fixed; a ranker without a table of its own has nothing to compute it from. */
const LATER: readonly string[] = ['taste_score'];
export const REFERENCE_FEATURES: readonly string[] = [...RANKING_FEATURE_NAMES.filter((name) => !LATER.includes(name)), ...CONTEXT_FEATURES].slice(0, 64);

/** The context of the n-th request; every feature above is about it. */
export const contextOf = (n: number) => ({
  device: n % 2 === 0 ? 'mobile' : 'desktop', locale: ['nb-NO', 'en-GB', 'sv-SE'][n % 3]!, country: ['NO', 'SE', 'DK'][n % 3]!,
  attributes: {
    campaign: n % 4 === 0 ? 'sale' : 'none', channel: n % 2 === 0 ? 'app' : 'web', basketValue: n % 97, basketItems: n % 5, temperature: (n % 40) - 10, screenWidth: 4 + (n % 3),
    member: n % 2 === 0, returning: n % 5 !== 0,
  },
});

const matrix = (size: number, next: () => number, scale: number): Float32Array => Float32Array.from({ length: size }, () => next() * scale);

/** features (rows × 64) → 256 → 128 → 1, ReLU between, sigmoid at the end. */
export function referenceGraph(features = REFERENCE_FEATURES.length, hidden: readonly number[] = [256, 128]): Uint8Array {
  const graph = new OnnxGraph('reference');
  const next = noise(7);
  const sizes = [features, ...hidden, 1];
  let value = graph.input('features', 'float32', ['rows', features]);
  for (let layer = 1; layer < sizes.length; layer++) {
    const [from, to] = [sizes[layer - 1]!, sizes[layer]!];
    const weights = graph.constant(matrix(from * to, next, Math.sqrt(3 / from)), [to, from]);
    value = graph.node('Gemm', [value, weights, graph.constant(new Float32Array(to))], { transB: 1 });
    value = graph.node(layer < sizes.length - 1 ? 'Relu' : 'Sigmoid', [value]);
  }
  graph.output('scores', value, 'float32', ['rows', 1]);
  return graph.build();
}

export function writeReferenceRanker(objects: ObjectStore): Promise<StoredBundle> {
  return writeBundle(objects, {
    manifest: { name: 'ranker', kind: 'ranker', format: 'onnx', features: [...REFERENCE_FEATURES], heads: [{ name: 'click', weight: 1 }], metrics: {}, owner: 'bench' },
    files: { 'model.onnx': referenceGraph(), 'feature_means.npy': encodeNpy({ data: new Float32Array(REFERENCE_FEATURES.length), shape: [REFERENCE_FEATURES.length] }) },
  });
}

/** Vectors of 64 dimensions and neighbours for every item. */
export function writeReferenceRetriever(objects: ObjectStore, items: readonly string[]): Promise<StoredBundle> {
  const next = noise(11);
  const table = () => ({
    width: NEIGHBOURS, ids: Int32Array.from({ length: items.length * NEIGHBOURS }, () => Math.floor(((next() + 1) / 2) * items.length)),
    weights: Float32Array.from({ length: items.length * NEIGHBOURS }, (_, i) => 1 / (1 + (i % NEIGHBOURS))),
  });
  const { manifest, files } = retrieverBundle('retriever', {
    reference: 'retriever@0', items, itemOut: matrix(items.length * DIMENSION, next, 0.3), bias: matrix(items.length, next, 0.1), neighbours: table(), similar: table(),
    encoder: {
      dimension: DIMENSION, lags: LAGS, hidden: DIMENSION, itemIn: matrix(items.length * DIMENSION, next, 0.3), lagWeights: matrix(LAGS * DIMENSION, next, 0.3),
      w1: matrix(DIMENSION * DIMENSION, next, 0.2), b1: new Float32Array(DIMENSION), w2: matrix(DIMENSION * DIMENSION, next, 0.2),
    },
  });
  return writeBundle(objects, { manifest, files });
}
