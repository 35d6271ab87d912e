import { describe, expect, it } from '@jest/globals';
import { Random, type Layers, type RankerShape, type TrainingProgress } from '@serendip/training-domain';
import { clickedGroups, gradientError } from '@serendip/training-domain/testing';
import { createSession, floats } from '../runtime.js';
import { trainRanker } from '../train-ranker.js';
import { OnnxRankerEngine } from './onnx-ranker-engine.js';
import { servingGraph } from './ranker-graphs.js';

async function serve(model: Uint8Array, features: Float32Array, featureCount: number): Promise<Float32Array> {
  const session = await createSession(model);
  const { scores } = await session.run({ features: floats(features, [features.length / featureCount, featureCount]) });
  await session.release();
  return scores!.data as Float32Array;
}

const random = new Random(2);
const draw = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.normal());
const shape: RankerShape = { featureCount: 3, hidden: [5, 4], headCount: 2, scaling: { means: draw(3), deviations: Float32Array.of(2, 0.5, 0), scales: Float32Array.of(0.5, 2, 0) } };
const layers: Layers = [3, 5, 4].map((inputs, i) => { const outputs = [5, 4, 2][i]!; return { weights: draw(outputs * inputs), bias: draw(outputs) }; });
const features = draw(6 * 3);

/** Logits by definition, in double precision. */
function logitsOf(doubles: readonly { readonly weights: Float64Array; readonly bias: Float64Array }[], row: number): number[] {
  let units = Array.from(features.subarray(row * 3, row * 3 + 3), (value, f) => Math.max(-8, Math.min(8, (value - shape.scaling.means[f]!) * shape.scaling.scales[f]!)));
  doubles.forEach(({ weights, bias }, i) => {
    units = Array.from(bias, (start, o) => units.reduce((sum, unit, j) => sum + unit * weights[o * units.length + j]!, start));
    if (i < doubles.length - 1) units = units.map((unit) => Math.max(0, unit));
  });
  return units;
}

describe('OnnxRankerEngine', () => {
  it('answers, for every layer, the gradient that finite differences find', async () => {
    const engine = await OnnxRankerEngine.create(shape);
    const doubles = layers.map(({ weights, bias }) => ({ weights: Float64Array.from(weights), bias: Float64Array.from(bias) }));
    const pull = draw(6 * 2);
    const loss = (): number => Array.from({ length: 6 }, (_, row) => logitsOf(doubles, row).reduce((sum, logit, h) => sum + logit * pull[row * 2 + h]!, 0)).reduce((sum, value) => sum + value, 0);
    const gradients = await engine.gradients(layers, features, 6, () => pull);
    doubles.forEach((layer, i) => {
      expect(gradientError(loss, layer.weights, gradients[i]!.weights)).toBeLessThan(1e-4);
      expect(gradientError(loss, layer.bias, gradients[i]!.bias)).toBeLessThan(1e-4);
    });
    await engine.release();
  });

  it('trains with the very logits that the exported model serves as probabilities', async () => {
    const engine = await OnnxRankerEngine.create(shape);
    const logits = (await engine.logits(layers, features, 6)).slice();
    const scores = await serve(servingGraph(shape, layers), features, 3);
    scores.forEach((score, i) => expect(score).toBeCloseTo(1 / (1 + Math.exp(-logits[i]!)), 6));
    await engine.release();
  });

  it('takes features in shared memory', async () => {
    const engine = await OnnxRankerEngine.create(shape);
    const shared = new Float32Array(new SharedArrayBuffer(features.byteLength));
    shared.set(features);
    expect([...(await engine.logits(layers, shared, 6))]).toEqual([...(await engine.logits(layers, features, 6))]);
    await engine.release();
  });
});

describe('the exported ranker', () => {
  it('scores a row alike alone and among others, and stays finite for missing and freak values', async () => {
    const model = servingGraph(shape, layers);
    const together = await serve(model, features, 3);
    for (let row = 0; row < 6; row++) {
      const alone = await serve(model, features.subarray(row * 3, row * 3 + 3), 3);
      alone.forEach((score, h) => expect(score).toBeCloseTo(together[row * 2 + h]!, 6));
    }
    const odd = await serve(model, Float32Array.of(NaN, Infinity, -Infinity, 1e30, -1e30, NaN), 3);
    for (const score of odd) expect(score >= 0 && score <= 1).toBe(true);
  });
});

describe('trainRanker', () => {
  const data = clickedGroups({ groups: 500, size: 12 });
  const options = { baselines: [{ name: 'first', column: 0 }, { name: 'second', column: 1 }], epochs: 8, batchRows: 256 };

  it('orders better than any one feature, and says how likely', async () => {
    const { metrics } = await trainRanker({ data, options });
    const [clicks, purchases] = metrics.heads;
    for (const { ndcg, difference } of clicks!.baselines) {
      expect(ndcg).toBeLessThan(clicks!.ndcg);
      expect(difference.low).toBeGreaterThan(0);
    }
    expect(Math.abs(clicks!.predicted / clicks!.observed - 1)).toBeLessThan(0.3);
    expect(purchases!.groups).toBeGreaterThan(0);
    expect([metrics.trainingGroups, metrics.validationGroups]).toEqual([425, 75]);
  });

  it('gives the same model for the same seed, and tells its progress to the end', async () => {
    const seen: TrainingProgress[] = [];
    const one = await trainRanker({ data, options: { epochs: 2 }, onProgress: (progress) => seen.push(progress) });
    const same = await trainRanker({ data, options: { epochs: 2 } });
    const other = await trainRanker({ data, options: { epochs: 2, seed: 9 } });
    expect(same.onnx).toEqual(one.onnx);
    expect(other.onnx).not.toEqual(one.onnx);
    expect(seen.at(-1)).toMatchObject({ stage: 'ranker', done: seen.at(-1)!.total });
    expect(one.featureStds.length).toBe(data.featureCount);
  });

  it('keeps the last epoch where there is nothing to validate on', async () => {
    const { metrics } = await trainRanker({ data, options: { epochs: 1, validationShare: 0 } });
    expect([metrics.bestEpoch, metrics.validationGroups, metrics.heads[0]!.groups]).toEqual([0, 0, 0]);
  });

  it('refuses data without labels and stops when it is cancelled', async () => {
    await expect(trainRanker({ data: { ...data, labels: new Float32Array(data.labels.length) } })).rejects.toMatchObject({ reason: 'NOTHING_TO_LEARN' });
    await expect(trainRanker({ data, signal: { aborted: true } })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
