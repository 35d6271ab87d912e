import { describe, expect, it } from '@jest/globals';
import { LagFilterEncoder } from '@serendip/retrieval-domain';
import { Random, type LagFilterBatch, type LagFilterGradients, type LagFilterParameters, type LagFilterShape } from '@serendip/training-domain';
import { gradientError } from '@serendip/training-domain/testing';
import { OnnxLagFilterEngine } from './onnx-lag-filter-engine.js';

const shape: LagFilterShape = { itemCount: 7, dimension: 4, lags: 3, hidden: 5, chunks: 2, steps: 3, negatives: 6 };
const { itemCount, dimension: d, lags, hidden, chunks, steps } = shape;
const places = lags - 1 + steps;
const random = new Random(5);

function draw(size: number, scale = 0.7): Float32Array {
  return Float32Array.from({ length: size }, () => random.normal() * scale);
}

function parametersAtRandom(): LagFilterParameters {
  const itemIn = draw((itemCount + 1) * d);
  itemIn.fill(0, itemCount * d);
  return { itemIn, itemOut: draw(itemCount * d), bias: draw(itemCount), lagWeights: draw(lags * d), w1: draw(hidden * d), b1: draw(hidden), w2: draw(d * hidden) };
}

const batch: LagFilterBatch = {
  inputs: Int32Array.of(7, 7, 0, 1, 2, 3, 4, 5, 6, 0),
  positives: Int32Array.of(1, 2, 3, 6, 0, 5),
  weights: Float32Array.of(0.3, 0.2, 0, 0.1, 0.2, 0.2),
  negatives: Int32Array.of(0, 3, 3, 6, 5, 4),
  negativeLogs: Float32Array.of(0.1, -0.4, -0.4, 0.7, -1, 0.2),
  dropout: Float32Array.from({ length: chunks * steps * hidden }, (_, i) => (i % 4 === 1 ? 0 : 1.25)),
};

/** The loss by its definition, in double precision; `vectorOf` makes the user vector of a row. */
function lossOf(vectorOf: (row: number) => ArrayLike<number>, itemOut: ArrayLike<number>, bias: ArrayLike<number>): number {
  let loss = 0;
  batch.positives.forEach((positive, row) => {
    const y = vectorOf(row);
    const score = (item: number): number => Array.from({ length: d }, (_, c) => y[c]! * itemOut[item * d + c]!).reduce((sum, value) => sum + value, bias[item]!);
    const own = Math.exp(score(positive));
    let total = own;
    batch.negatives.forEach((item, i) => { if (item !== positive) total += Math.exp(score(item) - batch.negativeLogs[i]!); });
    loss -= batch.weights[row]! * Math.log(own / total);
  });
  return loss;
}

type Doubles = { readonly [name in keyof LagFilterParameters]: Float64Array };

function vector(p: Doubles, row: number): number[] {
  const chunk = Math.floor(row / steps);
  const t = row % steps;
  const h = Array.from({ length: d }, (_, c) => {
    let sum = 0;
    for (let l = 0; l < lags; l++) sum += p.lagWeights[l * d + c]! * p.itemIn[batch.inputs[chunk * places + t + lags - 1 - l]! * d + c]!;
    return sum;
  });
  const rms = Math.sqrt(h.reduce((sum, value) => sum + value * value, 0) / d + 1e-6);
  const n = h.map((value) => value / rms);
  const units = Array.from({ length: hidden }, (_, j) => Math.max(0, n.reduce((sum, value, c) => sum + value * p.w1[j * d + c]!, p.b1[j]!)) * batch.dropout[row * hidden + j]!);
  return n.map((value, c) => units.reduce((sum, unit, j) => sum + unit * p.w2[c * hidden + j]!, value));
}

/** Gradients per entry of the batch, summed into tables as the updates do. */
function scatter(rows: Int32Array, gradients: Float32Array, width: number, table: Float64Array): void {
  rows.forEach((row, i) => { for (let c = 0; c < width; c++) table[row * width + c]! += gradients[i * width + c]!; });
}

function tablesOf(gradients: LagFilterGradients): Doubles {
  const tables = { itemIn: new Float64Array((itemCount + 1) * d), itemOut: new Float64Array(itemCount * d), bias: new Float64Array(itemCount) };
  scatter(batch.inputs, gradients.inputs, d, tables.itemIn);
  scatter(batch.positives, gradients.positives, d, tables.itemOut);
  scatter(batch.negatives, gradients.negatives, d, tables.itemOut);
  scatter(batch.positives, gradients.positiveBias, 1, tables.bias);
  scatter(batch.negatives, gradients.negativeBias, 1, tables.bias);
  return { ...tables, lagWeights: Float64Array.from(gradients.lagWeights), w1: Float64Array.from(gradients.w1), b1: Float64Array.from(gradients.b1), w2: Float64Array.from(gradients.w2) };
}

describe('OnnxLagFilterEngine', () => {
  it('answers the loss of its definition and, for every parameter, the gradient that finite differences find', async () => {
    const parameters = parametersAtRandom();
    const doubles = Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, Float64Array.from(values as Float32Array)])) as unknown as Doubles;
    const loss = (): number => lossOf((row) => vector(doubles, row), doubles.itemOut, doubles.bias);
    const engine = await OnnxLagFilterEngine.create(shape);
    const gradients = await engine.step(parameters, batch);
    expect(gradients.loss).toBeCloseTo(loss(), 5);
    const tables = tablesOf(gradients);
    for (const name of Object.keys(tables) as (keyof Doubles)[]) {
      expect({ name, small: gradientError(loss, doubles[name], tables[name]) < 1e-4 }).toEqual({ name, small: true });
    }
    await engine.release();
  });

  it('sees in training the vector that the encoder serves', async () => {
    const parameters = parametersAtRandom();
    const encoder = new LagFilterEncoder({ ...shape, ...parameters, itemIn: parameters.itemIn.subarray(0, itemCount * d) });
    const encode = (row: number): Float32Array => {
      const out = new Float32Array(d);
      const newest = Math.floor(row / steps) * places + (row % steps) + lags - 1;
      encoder.encode(Array.from({ length: lags }, (_, l) => batch.inputs[newest - l]!), out);
      return out;
    };
    const engine = await OnnxLagFilterEngine.create(shape);
    const { loss } = await engine.step(parameters, { ...batch, dropout: new Float32Array(batch.dropout.length).fill(1) });
    expect(loss).toBeCloseTo(lossOf(encode, parameters.itemOut, parameters.bias), 5);
    await engine.release();
  });

  it('scores every item for every query', async () => {
    const parameters = parametersAtRandom();
    const engine = await OnnxLagFilterEngine.create(shape);
    const scores = await engine.score(parameters, draw(2 * d), 2);
    expect(scores.length).toBe(2 * itemCount);
    const zero = await engine.score(parameters, new Float32Array(d), 1);
    expect([...zero]).toEqual([...parameters.bias]);
    await engine.release();
  });
});
