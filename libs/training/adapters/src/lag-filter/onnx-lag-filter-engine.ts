import { LagFilterEngine, type LagFilterBatch, type LagFilterGradients, type LagFilterParameters, type LagFilterShape } from '@serendip/training-domain';
import type { InferenceSession } from 'onnxruntime-node';
import { createSession, floats, integers, type RuntimeOptions } from '../runtime.js';
import { scoreGraph, stepGraph } from './step-graph.js';
import { foldToeplitz, writeToeplitz } from './toeplitz.js';

/** The step's products, exponentials and gradients by the ONNX runtime. */
export class OnnxLagFilterEngine extends LagFilterEngine {
  private readonly toeplitz: Float32Array;
  private readonly lagGradient: Float32Array;

  private constructor(private readonly shape: LagFilterShape, private readonly stepper: InferenceSession, private readonly scorer: InferenceSession) {
    super();
    const { dimension, lags, steps } = shape;
    this.toeplitz = new Float32Array(dimension * (lags - 1 + steps) * steps);
    this.lagGradient = new Float32Array(lags * dimension);
  }

  static async create(shape: LagFilterShape, options: RuntimeOptions = {}): Promise<OnnxLagFilterEngine> {
    const [stepper, scorer] = await Promise.all([createSession(stepGraph(shape), options), createSession(scoreGraph(shape.dimension), options)]);
    return new OnnxLagFilterEngine(shape, stepper, scorer);
  }

  async step(parameters: LagFilterParameters, batch: LagFilterBatch): Promise<LagFilterGradients> {
    const { itemCount, dimension: d, hidden, lags, chunks, steps } = this.shape;
    const rows = chunks * steps;
    writeToeplitz(parameters.lagWeights, this.shape, this.toeplitz);
    const result = await this.stepper.run({
      itemIn: floats(parameters.itemIn, [itemCount + 1, d]),
      itemOut: floats(parameters.itemOut, [itemCount, d]),
      bias: floats(parameters.bias, [itemCount]),
      toeplitz: floats(this.toeplitz, [d, lags - 1 + steps, steps]),
      w1: floats(parameters.w1, [hidden, d]),
      b1: floats(parameters.b1, [hidden]),
      w2: floats(parameters.w2, [d, hidden]),
      inputs: integers(batch.inputs),
      positives: integers(batch.positives),
      weights: floats(batch.weights, [rows, 1]),
      negatives: integers(batch.negatives),
      negativeLogs: floats(batch.negativeLogs, [batch.negativeLogs.length]),
      dropout: floats(batch.dropout, [rows, hidden]),
    });
    const values = (name: string): Float32Array => result[name]!.data as Float32Array;
    foldToeplitz(values('gToeplitz'), this.shape, this.lagGradient);
    return {
      loss: values('loss')[0]!,
      inputs: values('gInputs'),
      positives: values('gPositives'),
      positiveBias: values('gPositiveBias'),
      negatives: values('gNegatives'),
      negativeBias: values('gNegativeBias'),
      lagWeights: this.lagGradient,
      w1: values('gW1'),
      b1: values('gB1'),
      w2: values('gW2'),
    };
  }

  async score(parameters: LagFilterParameters, queries: Float32Array, count: number): Promise<Float32Array> {
    const { itemCount, dimension } = this.shape;
    const { scores } = await this.scorer.run({
      queries: floats(queries, [count, dimension]),
      itemOut: floats(parameters.itemOut, [itemCount, dimension]),
      bias: floats(parameters.bias, [itemCount]),
    });
    return scores!.data as Float32Array;
  }

  async release(): Promise<void> {
    await Promise.all([this.stepper.release(), this.scorer.release()]);
  }
}
