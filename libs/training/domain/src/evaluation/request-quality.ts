import { discount, idealGain } from './ranking-metrics.js';

export interface JudgedRequests {
  /** Group g is the rows `offsets[g] … offsets[g + 1])`. */
  readonly offsets: Int32Array;
  /** A row is relevant where its label is above 0. */
  readonly labels: Float32Array;
  readonly labelStride?: number;
  /** What each group had to find, among its rows or not; by default what is relevant of its rows. At least 1. */
  readonly targets?: ArrayLike<number>;
}

/** Of each group, in their order. */
export interface RequestQuality {
  readonly ndcgs: Float64Array;
  /** 1 where anything relevant is among the best `k`. */
  readonly hits: Float64Array;
  /** 1 ÷ rank, from 1, of the first relevant row; 0 for none. */
  readonly reciprocalRanks: Float64Array;
}

/** NDCG@k, HR@k and the reciprocal rank of groups ordered by score, the highest first; equal scores keep the order of the rows. */
export function requestQuality({ offsets, labels, labelStride = 1, targets }: JudgedRequests, scores: ArrayLike<number>, k = 10): RequestQuality {
  const groups = offsets.length - 1;
  const [ndcgs, hits, reciprocalRanks] = [new Float64Array(groups), new Float64Array(groups), new Float64Array(groups)];
  for (let group = 0; group < groups; group++) {
    const rows = Array.from({ length: offsets[group + 1]! - offsets[group]! }, (_, i) => offsets[group]! + i).sort((a, b) => scores[b]! - scores[a]! || a - b);
    const isRelevant = (row: number): boolean => labels[row * labelStride]! > 0;
    let gain = 0;
    rows.slice(0, k).forEach((row, rank) => { if (isRelevant(row)) gain += discount(rank); });
    const first = rows.findIndex(isRelevant);
    ndcgs[group] = gain / idealGain(targets?.[group] ?? rows.filter(isRelevant).length, k);
    hits[group] = gain > 0 ? 1 : 0;
    reciprocalRanks[group] = first < 0 ? 0 : 1 / (first + 1);
  }
  return { ndcgs, hits, reciprocalRanks };
}
