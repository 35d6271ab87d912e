import { describe, expect, it } from '@jest/globals';
import { NeighbourScorer, type NeighbourTable } from './neighbours.js';

/** 0 → 1 (1), 2 (0.5); 1 → 2 (2); 2 → nothing; 3 → 0 (4), 1 (3). */
const table: NeighbourTable = {
  width: 2,
  ids: Int32Array.of(1, 2, 2, -1, -1, -1, 0, 1),
  weights: Float32Array.of(1, 0.5, 2, 0, 0, 0, 4, 3),
};

function scoresOf(scorer: NeighbourScorer, recent: readonly number[]): Record<number, number> {
  const { count, items, scores } = scorer.score(recent);
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [items[i]!, scores[i]!]));
}

describe('NeighbourScorer', () => {
  it('adds the rows of the newest items, each weaker than the one after it', () => {
    expect(scoresOf(new NeighbourScorer(table, { decay: 0.5 }), [0, 1, 3])).toEqual({ 1: 1 + 0.25 * 3, 2: 0.5 + 0.5 * 2, 0: 0.25 * 4 });
  });

  it('listens to as many items as it has lags', () => {
    expect(scoresOf(new NeighbourScorer(table, { lags: 1 }), [1, 3])).toEqual({ 2: 2 });
  });

  it('skips unknown items and immediate repeats without spending a lag on them', () => {
    const scorer = new NeighbourScorer(table, { lags: 2, decay: 0.5 });
    expect(scoresOf(scorer, [-1, 0, 0, 77, 1])).toEqual(scoresOf(scorer, [0, 1]));
  });

  it('keeps nothing from one call to the next', () => {
    const scorer = new NeighbourScorer(table);
    const first = scoresOf(scorer, [3]);
    scoresOf(scorer, [0, 1]);
    expect(scoresOf(scorer, [3])).toEqual(first);
    expect(scorer.score([2]).count).toBe(0);
  });
});
