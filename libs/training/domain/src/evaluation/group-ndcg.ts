import { TopList } from './top-list.js';

export interface GroupedScores {
  /** One score per row: `scores[row * stride + column]`. */
  readonly scores: Float32Array;
  readonly scoreStride?: number;
  readonly scoreColumn?: number;
  /** A row is relevant where its label is above 0. */
  readonly labels: Float32Array;
  readonly labelStride?: number;
  readonly labelColumn?: number;
  /** Group g is the rows `offsets[g] … offsets[g + 1])`. */
  readonly offsets: Int32Array;
}

/** NDCG@k of every group, each ranked by its scores; NaN for a group with nothing relevant. */
export function groupNdcg({ scores, scoreStride = 1, scoreColumn = 0, labels, labelStride = 1, labelColumn = 0, offsets }: GroupedScores, k = 10): Float32Array {
  const result = new Float32Array(offsets.length - 1);
  const top = new TopList(k);
  for (let group = 0; group < result.length; group++) {
    top.clear();
    let relevant = 0;
    for (let row = offsets[group]!; row < offsets[group + 1]!; row++) {
      const isRelevant = labels[row * labelStride + labelColumn]! > 0;
      if (isRelevant) relevant++;
      top.add(scores[row * scoreStride + scoreColumn]!, isRelevant);
    }
    result[group] = relevant === 0 ? NaN : top.ndcg(relevant);
  }
  return result;
}
