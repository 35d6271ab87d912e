import { describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import { clickedGroups, gradientError } from '../testing/index.js';
import { checkRankerData, groupRange, type RankerData } from './data.js';
import { scalingOf } from './feature-scaling.js';
import { GroupBatches } from './group-batches.js';
import { rankingLoss } from './ranking-loss.js';

describe('rankingLoss', () => {
  it('answers the gradient that finite differences find, lists without labels and weighted rows included', () => {
    const random = new Random(3);
    const logits = Float64Array.from({ length: 14 }, () => random.normal());
    const labels = Float32Array.of(1, 0, 0, 0, 1, 0.5, 0, 0, 0, 0, 0, 1, 0, 0);
    const batch = { labels, weights: Float32Array.of(1, 2, 0.5, 1, 1, 3, 0), offsets: Int32Array.of(0, 3, 5, 7), headCount: 2, listShare: 0.7 };
    const gradient = new Float32Array(14);
    rankingLoss({ ...batch, logits: Float32Array.from(logits) }, gradient);
    const loss = (): number => rankingLoss({ ...batch, logits: logits as unknown as Float32Array }, new Float32Array(14));
    // The loss keeps probabilities in single precision, so differences are taken over a wide step.
    expect(gradientError(loss, logits, gradient, 1e-2)).toBeLessThan(2e-3);
  });

  it('stays finite for logits without bounds', () => {
    const gradient = new Float32Array(4);
    const loss = rankingLoss({ logits: Float32Array.of(200, -200, 90, -90), labels: Float32Array.of(0, 1, 1, 0), weights: Float32Array.of(1, 1, 1, 1), offsets: Int32Array.of(0, 4), headCount: 1, listShare: 1 }, gradient);
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

describe('scalingOf', () => {
  it('measures each feature, without missing values, and leaves constant ones out', () => {
    const { means, deviations, scales } = scalingOf(Float32Array.of(1, 7, NaN, 3, 7, 10, 5, 7, 20, 3, 7, Infinity), 3);
    expect([...means]).toEqual([3, 7, 15]);
    expect(deviations[0]).toBeCloseTo(Math.sqrt(2), 5);
    expect([deviations[1], scales[1]]).toEqual([0, 0]);
    expect([deviations[2], scales[2]]).toEqual([5, Math.fround(0.2)]);
  });
});

describe('GroupBatches', () => {
  it('deals every group out whole, once an epoch', () => {
    const data: RankerData = { ...clickedGroups({ groups: 23, size: 6 }), weights: undefined };
    data.features.forEach((_, i) => { if (i % data.featureCount === 0) data.features[i] = i / data.featureCount; });
    const batches = new GroupBatches(data, 30, new Random(1));
    for (let epoch = 0; epoch < 2; epoch++) {
      const rows: number[] = [];
      let count = 0;
      for (const batch of batches.epoch()) {
        count++;
        for (let g = 0; g + 1 < batch.offsets.length; g++) {
          const first = batch.features[batch.offsets[g]! * data.featureCount]!;
          for (let row = batch.offsets[g]!; row < batch.offsets[g + 1]!; row++) {
            rows.push(batch.features[row * data.featureCount]!);
            expect(rows.at(-1)! - first).toBe(row - batch.offsets[g]!);
            expect(batch.labels[row * 2]).toBe(data.labels[rows.at(-1)! * 2]);
            expect(batch.weights[row]).toBe(1);
          }
        }
      }
      expect(count).toBe(batches.perEpoch);
      expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: data.offsets.at(-1)! }, (_, row) => row));
    }
  });
});

describe('ranker data', () => {
  const data = clickedGroups({ groups: 4, size: 3 });

  it('is cut by groups over the same memory', () => {
    const part = groupRange(data, 1, 3);
    expect([...part.offsets]).toEqual([0, 3, 6]);
    expect(part.features.buffer).toBe(data.features.buffer);
    expect(part.labels[0]).toBe(data.labels[data.offsets[1]! * 2]);
  });

  it('is refused where tables and groups do not fit', () => {
    const bad: RankerData[] = [
      { ...data, offsets: Int32Array.of(1, 2) },
      { ...data, offsets: Int32Array.of(0, 5, 3, 11) },
      { ...data, features: data.features.subarray(1) },
      { ...data, labels: data.labels.subarray(1) },
      { ...data, labels: data.labels.map(() => 2) },
      { ...data, weights: new Float32Array(3) },
    ];
    for (const one of bad) expect(() => checkRankerData(one)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'BAD_RANKER_DATA' }));
    expect(() => checkRankerData(data)).not.toThrow();
  });
});
