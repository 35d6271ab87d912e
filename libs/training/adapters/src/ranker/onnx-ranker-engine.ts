import { RankerEngine, widths, type Layers, type LogitGradient, type RankerShape } from '@serendip/training-domain';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { createSession, floats, type RuntimeOptions } from '../runtime.js';
import { backwardGraph, forwardGraph } from './ranker-graphs.js';

/** The ranker's products by the ONNX runtime. */
export class OnnxRankerEngine extends RankerEngine {
  private readonly sizes: readonly number[];

  private constructor(shape: RankerShape, private readonly forward: InferenceSession, private readonly backward: InferenceSession) {
    super();
    this.sizes = widths(shape);
  }

  static async create(shape: RankerShape, options: RuntimeOptions = {}): Promise<OnnxRankerEngine> {
    const [forward, backward] = await Promise.all([createSession(forwardGraph(shape), options), createSession(backwardGraph(shape), options)]);
    return new OnnxRankerEngine(shape, forward, backward);
  }

  async logits(layers: Layers, features: Float32Array, rows: number): Promise<Float32Array> {
    const { logits } = await this.forward.run(this.feeds(layers, features, rows), ['logits']);
    return logits!.data as Float32Array;
  }

  async gradients(layers: Layers, features: Float32Array, rows: number, logitGradient: LogitGradient): Promise<Layers> {
    const feeds = this.feeds(layers, features, rows);
    const { logits, ...units } = await this.forward.run(feeds);
    const gLogits = floats(logitGradient(logits!.data as Float32Array), [rows, this.sizes.at(-1)!]);
    const upper = Object.fromEntries(layers.slice(1).map((_, i) => [`w${i + 1}`, feeds[`w${i + 1}`]!]));
    const result = await this.backward.run({ gLogits, ...units, ...upper });
    return layers.map((_, i) => ({ weights: result[`gW${i}`]!.data as Float32Array, bias: result[`gB${i}`]!.data as Float32Array }));
  }

  async release(): Promise<void> {
    await Promise.all([this.forward.release(), this.backward.release()]);
  }

  private feeds(layers: Layers, features: Float32Array, rows: number): Record<string, Tensor> {
    const { sizes } = this;
    const tensors: [string, Tensor][] = layers.flatMap(({ weights, bias }, i) => [[`w${i}`, floats(weights, [sizes[i + 1]!, sizes[i]!])], [`b${i}`, floats(bias, [sizes[i + 1]!])]]);
    return { features: floats(features, [rows, sizes[0]!]), ...Object.fromEntries(tensors) };
  }
}
