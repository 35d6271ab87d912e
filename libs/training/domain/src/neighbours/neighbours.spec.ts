import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NeighbourScorer, type NeighbourTable } from '@serendip/retrieval-domain';
import { evaluateFullRanking } from '../evaluation/full-ranking.js';
import { holdOutLast, itemCounts, newestFirst, type Sequences } from '../sequences.js';
import { markovSequences } from '../testing/index.js';
import { BestRows } from './best-rows.js';
import { buildNeighbours, buildSimilar } from './build-neighbours.js';

function rowOf({ ids, weights, width }: NeighbourTable, item: number): [number, number][] {
  return Array.from({ length: width }, (_, i): [number, number] => [ids[item * width + i]!, Number(weights[item * width + i]!.toFixed(5))]).filter(([id]) => id >= 0);
}

const two: Sequences = { offsets: Int32Array.of(0, 4, 6), items: Int32Array.of(0, 1, 1, 2, 0, 3) };
const plain = { sourcePower: 0, targetPower: 0, distanceDecay: 0.5, backEvidence: 0, top: 4 };

describe('buildNeighbours', () => {
  it('sums decay^distance over what follows, immediate repeats collapsed, no history reaching into another', () => {
    const table = buildNeighbours({ sequences: two, itemCount: 4, options: plain });
    expect(rowOf(table, 0)).toEqual([[1, 0.5], [3, 0.5], [2, 0.25]]);
    expect(rowOf(table, 1)).toEqual([[2, 0.5]]);
    expect(rowOf(table, 3)).toEqual([]);
  });

  it('looks as far as its windows, and back less the more it knows of an item', () => {
    expect(rowOf(buildNeighbours({ sequences: two, itemCount: 4, options: { ...plain, ahead: 1 } }), 0)).toEqual([[1, 0.5], [3, 0.5]]);
    expect(rowOf(buildNeighbours({ sequences: two, itemCount: 4, options: { ...plain, backEvidence: 1 } }), 2)).toEqual([[1, 0.25], [0, 0.125]]);
  });

  it('divides by popularities and counts a position by its weight', () => {
    const options = { ...plain, sourcePower: 1, targetPower: 1 };
    expect(rowOf(buildNeighbours({ sequences: two, itemCount: 4, options }), 0)).toEqual([[1, 0.25], [3, 0.25], [2, 0.125]]);
    const weighted = { ...two, weights: Float32Array.of(1, 0, 0, 1, 1, 3) };
    expect(rowOf(buildNeighbours({ sequences: weighted, itemCount: 4, options: plain }), 0)).toEqual([[3, 1.5], [2, 0.25]]);
  });

  it('finds what follows far better than popularity does', async () => {
    const itemCount = 80;
    const heldOut = holdOutLast(markovSequences({ itemCount, sequences: 300, length: 15 }));
    const scorer = new NeighbourScorer(buildNeighbours({ sequences: heldOut.histories, itemCount }));
    const counts = itemCounts(heldOut.histories, itemCount);
    const evaluate = async (write: (one: number, row: Float32Array) => void): Promise<number> => (await evaluateFullRanking({
      heldOut, itemCount,
      score: (cases) => {
        const scores = new Float32Array(cases.length * itemCount);
        cases.forEach((one, i) => write(one, scores.subarray(i * itemCount, (i + 1) * itemCount)));
        return scores;
      },
    })).ndcg;
    const neighbours = await evaluate((one, row) => {
      const { count, items, scores } = scorer.score(newestFirst(heldOut.histories, one));
      for (let i = 0; i < count; i++) row[items[i]!] = scores[i]!;
    });
    const popularity = await evaluate((_, row) => row.set(counts));
    expect(neighbours).toBeGreaterThan(popularity + 0.2);
  });

  it('stops when it is cancelled', () => {
    expect(() => buildNeighbours({ sequences: two, itemCount: 4, signal: { aborted: true } })).toThrow(expect.objectContaining({ reason: 'TRAINING_CANCELLED' }));
  });
});

describe('buildSimilar', () => {
  it('is as strong in one direction as in the other', () => {
    const sequences = markovSequences({ itemCount: 20, sequences: 40, length: 10 });
    const table = buildSimilar({ sequences, itemCount: 20, options: { top: 20 } });
    for (let item = 0; item < 20; item++) for (const [other, weight] of rowOf(table, item)) expect(rowOf(table, other)).toContainEqual([item, weight]);
  });

  it('trusts many meetings more than few', () => {
    const lists = [...Array.from({ length: 30 }, () => [0, 1]), [2, 3]];
    const sequences = { offsets: Int32Array.from({ length: lists.length + 1 }, (_, s) => s * 2), items: Int32Array.from(lists.flat()) };
    const table = buildSimilar({ sequences, itemCount: 4 });
    expect(rowOf(table, 0)[0]![1]).toBeGreaterThan(5 * rowOf(table, 2)[0]![1]);
  });
});

describe('BestRows', () => {
  it('keeps the best of a row, best first, ties to the lower id', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), (weights, width) => {
      const rows = new BestRows(2, width);
      weights.forEach((weight, id) => rows.add(id, weight));
      rows.finishRow(0);
      rows.add(9, 1);
      rows.finishRow(1);
      const sorted = weights.map((weight, id): [number, number] => [id, weight]).sort(([a, x], [b, y]) => y - x || a - b).slice(0, width);
      expect(rowOf(rows.table(), 0)).toEqual(sorted);
      expect(rowOf(rows.table(), 1)).toEqual([[9, 1]]);
    }));
  });
});
