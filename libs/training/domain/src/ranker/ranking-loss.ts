export interface RankingLossBatch {
  /** rows × heads. */
  readonly logits: Float32Array;
  readonly labels: Float32Array;
  /** Per row. */
  readonly weights: Float32Array;
  /** Groups of rows; as in `RankerData`. */
  readonly offsets: Int32Array;
  readonly headCount: number;
  /** How much the list counts beside the rows; 0 is plain logistic regression. */
  readonly listShare: number;
}

/**
 * Writes the gradient by the logits to `gradient` and answers the mean loss of a group. The loss of a head in a group is
 * the cross-entropy of its rows plus `listShare` × the cross-entropy of the list: labels as shares of their sum, against
 * probabilities as shares of theirs (Bai et al. 2023, "regression compatible ranking": both have the same optimum, so the
 * order is learned without spoiling the probabilities). A group without a label has no list.
 */
export function rankingLoss({ logits, labels, weights, offsets, headCount, listShare }: RankingLossBatch, gradient: Float32Array): number {
  const groups = offsets.length - 1;
  const scale = 1 / Math.max(1, groups);
  let loss = 0;
  for (let group = 0; group < groups; group++) {
    const first = offsets[group]!;
    const end = offsets[group + 1]!;
    for (let head = 0; head < headCount; head++) {
      let chances = 0;
      let mass = 0;
      for (let row = first; row < end; row++) {
        const at = row * headCount + head;
        const chance = 1 / (1 + Math.exp(-logits[at]!));
        gradient[at] = chance;
        chances += chance;
        mass += labels[at]! * weights[row]!;
      }
      const listed = mass > 0 ? listShare : 0;
      for (let row = first; row < end; row++) {
        const at = row * headCount + head;
        const chance = gradient[at]!;
        const label = labels[at]!;
        const weight = weights[row]!;
        const share = mass > 0 ? (label * weight) / mass : 0;
        const floor = Math.max(chance, 1e-30);
        loss -= weight * (label * Math.log(floor) + (1 - label) * Math.log(Math.max(1 - chance, 1e-30)));
        if (share > 0) loss -= listed * share * Math.log(floor / chances);
        gradient[at] = scale * (weight * (chance - label) + listed * (chance / chances - share) * (1 - chance));
      }
    }
  }
  return loss * scale;
}
