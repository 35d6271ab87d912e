import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AliasSampler } from '../alias-sampler.js';
import { Random } from '../random.js';
import type { Sequences } from '../sequences.js';
import { LagFilterBatches, type LagFilterBatchOptions } from './batches.js';
import type { LagFilterShape } from './shape.js';

const shape: LagFilterShape = { itemCount: 6, dimension: 4, lags: 3, hidden: 4, chunks: 2, steps: 4, negatives: 5 };

function batchesOf(lists: readonly number[][], options: Partial<LagFilterBatchOptions> = {}, weights?: Float32Array): LagFilterBatches {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets.at(-1)! + list.length);
  const sequences: Sequences = { offsets: Int32Array.from(offsets), items: Int32Array.from(lists.flat()), ...(weights === undefined ? {} : { weights }) };
  return new LagFilterBatches(sequences, { shape, sampler: new AliasSampler([1, 1, 1, 1, 1, 1]), random: new Random(1), dropout: 0.5, itemDropout: 0, repeatTargets: 'learn', ...options });
}

/** Every prediction of an epoch as "history, newest first > item". */
function predictions(batches: LagFilterBatches): string[] {
  const { steps, lags, itemCount, chunks } = shape;
  const found: string[] = [];
  for (let i = 0; i < batches.perEpoch; i++) {
    const { inputs, positives, weights } = batches.take();
    for (let row = 0; row < chunks * steps; row++) {
      if (weights[row] === 0) continue;
      const newest = Math.floor(row / steps) * (lags - 1 + steps) + lags - 1 + (row % steps);
      const history = Array.from({ length: lags }, (_, l) => inputs[newest - l]!).filter((item) => item !== itemCount);
      found.push(`${history.join()} > ${positives[row]}`);
    }
  }
  return found.sort();
}

describe('LagFilterBatches', () => {
  it('predicts every item after the first of each history, once an epoch, from the items before it', () => {
    fc.assert(fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }), { minLength: 1, maxLength: 6 }).filter((lists) => lists.some((list) => list.length > 1)), (lists) => {
      const expected = lists.flatMap((list) => list.slice(1).map((item, i) => `${list.slice(Math.max(0, i + 1 - shape.lags), i + 1).reverse().join()} > ${item}`)).sort();
      const batches = batchesOf(lists);
      expect(batches.positions).toBe(expected.length);
      expect(predictions(batches)).toEqual(expected);
      expect(predictions(batches)).toEqual(expected);
    }));
  });

  it('can leave out items the history already had, and positions without weight', () => {
    expect(predictions(batchesOf([[1, 2, 1, 3]], { repeatTargets: 'skip' }))).toEqual(['1 > 2', '1,2,1 > 3']);
    expect(predictions(batchesOf([[1, 2, 1, 3]], {}, Float32Array.of(1, 0, 2, 1)))).toEqual(['1,2,1 > 3', '2,1 > 1']);
  });

  it('weighs the predictions of a batch to a sum of 1, in proportion', () => {
    const { weights } = batchesOf([[1, 2, 3, 4]], {}, Float32Array.of(9, 1, 2, 1)).take();
    expect([...weights.subarray(0, 3)]).toEqual([0.25, 0.5, 0.25]);
  });

  it('tells how often it expects to draw each negative, and keeps the dropout unbiased', () => {
    const batch = batchesOf([[1, 2]]).take();
    for (const log of batch.negativeLogs) expect(log).toBeCloseTo(Math.log(shape.negatives / 6), 5);
    expect(new Set(batch.dropout)).toEqual(new Set([0, 2]));
    expect(new Set(batchesOf([[1, 2]], { dropout: 0 }).take().dropout)).toEqual(new Set([1]));
  });

  it('can hide items of the history', () => {
    expect(predictions(batchesOf([[1, 2, 3]], { itemDropout: 1 }))).toEqual([' > 2', ' > 3']);
  });
});
