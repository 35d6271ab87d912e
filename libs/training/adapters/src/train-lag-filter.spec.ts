import { describe, expect, it } from '@jest/globals';
import { evaluateFullRanking, holdOutLast, itemCounts, type LagFilterOptions, type TrainingProgress } from '@serendip/training-domain';
import { markovSequences } from '@serendip/training-domain/testing';
import { trainLagFilter } from './train-lag-filter.js';

const itemCount = 60;
const heldOut = holdOutLast(markovSequences({ itemCount, sequences: 250, length: 14 }));
const small: LagFilterOptions = { dimension: 16, hidden: 16, lags: 8, negatives: 32, learningRate: 0.01, epochs: 8, batchSize: 128 };

describe('trainLagFilter', () => {
  it('learns a planted rule that popularity cannot know', async () => {
    const { metrics } = await trainLagFilter({ sequences: heldOut.histories, itemCount, options: { ...small, evaluation: heldOut } });
    const counts = Float32Array.from(itemCounts(heldOut.histories, itemCount));
    const popularity = await evaluateFullRanking({ heldOut, itemCount, score: (cases) => Float32Array.from({ length: cases.length * itemCount }, (_, at) => counts[at % itemCount]!) });
    expect(metrics.evaluation!.cases).toBeGreaterThan(100);
    expect(metrics.evaluation!.ndcg).toBeGreaterThan(popularity.ndcg + 0.2);
  });

  it('gives the same model for the same seed, and another for another', async () => {
    const options = { ...small, epochs: 2 };
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => trainLagFilter({ sequences: heldOut.histories, itemCount, options: { ...options, seed } })));
    expect(same!.itemOut).toEqual(one!.itemOut);
    expect(same!.lagWeights).toEqual(one!.lagWeights);
    expect(other!.itemOut).not.toEqual(one!.itemOut);
  });

  it('answers tables of the promised sizes and tells its progress to the end', async () => {
    const seen: TrainingProgress[] = [];
    const model = await trainLagFilter({ sequences: heldOut.histories, itemCount, options: { ...small, epochs: 1 }, onProgress: (progress) => seen.push(progress) });
    expect([model.itemIn.length, model.itemOut.length, model.bias.length, model.lagWeights.length]).toEqual([itemCount * 16, itemCount * 16, itemCount, 8 * 16]);
    expect(seen.at(-1)).toMatchObject({ stage: 'retriever', done: model.metrics.steps, total: model.metrics.steps });
  });

  it('ends when its time is used up, however many epochs were asked for', async () => {
    const { metrics } = await trainLagFilter({ sequences: heldOut.histories, itemCount, options: { ...small, epochs: 1_000_000, maxSeconds: 2 } });
    expect(metrics.steps).toBeGreaterThan(0);
    expect(metrics.epochs).toBeLessThan(1_000_000);
  });

  it('stops when it is cancelled, and refuses data with nothing to learn', async () => {
    const controller = new AbortController();
    const training = trainLagFilter({ sequences: heldOut.histories, itemCount, options: { ...small, epochs: 1000 }, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(training).rejects.toMatchObject({ code: 'CANCELLED', reason: 'TRAINING_CANCELLED' });
    const lonely = { offsets: Int32Array.of(0, 1, 3), items: Int32Array.of(4, 5, 5) };
    await expect(trainLagFilter({ sequences: lonely, itemCount })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'NOTHING_TO_LEARN' });
    await expect(trainLagFilter({ sequences: lonely, itemCount: 5 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'BAD_SEQUENCES' });
  });
});
