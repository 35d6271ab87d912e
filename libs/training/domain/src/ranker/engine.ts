import { normals, type Random } from '../random.js';
import type { FeatureScaling } from './feature-scaling.js';

/** A perceptron over scaled features: hidden layers with relu, then one logit a head. */
export interface RankerShape {
  readonly featureCount: number;
  readonly hidden: readonly number[];
  readonly headCount: number;
  readonly scaling: FeatureScaling;
}

/** outputs × inputs, and outputs. */
export interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** First layer first. */
export type Layers = readonly Layer[];

/** Widths from the features to the heads. */
export function widths({ featureCount, hidden, headCount }: RankerShape): readonly number[] {
  return [featureCount, ...hidden, headCount];
}

/** Weights at random (He et al. 2015), the heads' biases at the logit of how often each label is set. */
export function startingLayers(shape: RankerShape, labelRates: readonly number[], random: Random): Layers {
  const sizes = widths(shape);
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const isLast = i === sizes.length - 2;
    return {
      weights: normals(outputs * inputs, isLast ? 0.1 / Math.sqrt(inputs) : Math.sqrt(2 / inputs), random),
      bias: isLast ? Float32Array.from(labelRates, (rate) => Math.log(rate / (1 - rate))) : new Float32Array(outputs),
    };
  });
}

/** From the logits of a batch (rows × heads) to the gradient of its loss by them. */
export type LogitGradient = (logits: Float32Array) => Float32Array;

/** The arithmetic of the ranker: whoever is fast at matrices. */
export abstract class RankerEngine {
  /** Logits of `rows` rows of features: rows × heads, valid until the next call. A row's logits depend on that row alone. */
  abstract logits(layers: Layers, features: Float32Array, rows: number): Promise<Float32Array>;

  /** Gradients of every layer, in the layers' shapes, valid until the next call. */
  abstract gradients(layers: Layers, features: Float32Array, rows: number, logitGradient: LogitGradient): Promise<Layers>;

  abstract release(): Promise<void>;
}
