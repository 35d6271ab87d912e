import { trainRanker as train, type RankerMetrics, type RankerTraining } from '@serendip/training-domain';
import { OnnxRankerEngine } from './ranker/onnx-ranker-engine.js';
import { servingGraph } from './ranker/ranker-graphs.js';
import type { RuntimeOptions } from './runtime.js';

export type RankerTask = Omit<RankerTraining, 'createEngine' | 'now'> & { readonly runtime?: RuntimeOptions };

export interface RankerModel {
  /** A model with one input `features` (float32, [rows, features], as collected: scaling is inside) and one output `scores` (float32, [rows, heads]: probabilities). A row's scores depend on that row alone. */
  readonly onnx: Uint8Array;
  readonly featureMeans: Float32Array;
  /** 0 for a feature that was constant: the model does not look at it. */
  readonly featureStds: Float32Array;
  readonly metrics: RankerMetrics;
}

/** Trains the ranker with the ONNX runtime as its matrix engine; see `trainRanker` of the domain for the contract. */
export async function trainRanker({ runtime, ...training }: RankerTask): Promise<RankerModel> {
  const { shape, layers, metrics } = await train({ ...training, createEngine: (shape) => OnnxRankerEngine.create(shape, runtime), now: () => performance.now() });
  return { onnx: servingGraph(shape, layers), featureMeans: shape.scaling.means, featureStds: shape.scaling.deviations, metrics };
}
