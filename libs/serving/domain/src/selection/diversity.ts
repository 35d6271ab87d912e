/** What diversity is decided by: parallel columns of the reserve, best score first. */
export interface DiverseColumns {
  /** NaN and infinities count as the lowest. */
  readonly scores: ArrayLike<number>;
  /** Numbers of each item's categories and tags, ascending and without repeats. */
  readonly labels: readonly Int32Array[];
}

export interface DiversityOptions {
  /** 0 to 1. */
  readonly diversity: number;
  /** Items that are in the list already, wherever. */
  readonly chosen: readonly number[];
  /** So many places are decided; the others keep their order behind them. */
  readonly places: number;
}

/** Share of labels that two items have in common, 0 to 1; 0 when neither has any. */
export function jaccard(a: Int32Array, b: Int32Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) common++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common === 0 ? 0 : common / (a.length + b.length - common);
}

/** Scores stretched to 0 to 1 over the whole reserve; all 1 when they are the same. */
function normalised(scores: ArrayLike<number>): Float64Array {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (!Number.isFinite(score)) continue;
    if (score < low) low = score;
    if (score > high) high = score;
  }
  return Float64Array.from(scores, (score) => (!Number.isFinite(score) ? 0 : high > low ? (score - low) / (high - low) : 1));
}

/**
 * Reorders items by maximal marginal relevance (Carbonell and Goldstein, 1998): each place goes to the item with the greatest
 * (1 − d) · score − d · greatest similarity to what was chosen before it, the earlier one of equals. `items` are rows, best first.
 */
export function diversify(items: Int32Array, { scores, labels }: DiverseColumns, { diversity, chosen, places }: DiversityOptions): Int32Array {
  const relevance = normalised(scores);
  const order = items.slice();
  const nearest = new Float64Array(relevance.length);
  const take = (taken: number, from: number): void => {
    for (let i = from; i < order.length; i++) {
      const row = order[i]!;
      const similarity = jaccard(labels[taken]!, labels[row]!);
      if (similarity > nearest[row]!) nearest[row] = similarity;
    }
  };
  for (const row of chosen) take(row, 0);
  for (let place = 0; place < Math.min(places, order.length - 1); place++) {
    let best = place;
    let most = -Infinity;
    for (let i = place; i < order.length; i++) {
      const value = (1 - diversity) * relevance[order[i]!]! - diversity * nearest[order[i]!]!;
      if (value > most) {
        most = value;
        best = i;
      }
    }
    const row = order[best]!;
    // What was passed over keeps its order among itself.
    order.copyWithin(place + 1, place, best);
    order[place] = row;
    take(row, place + 1);
  }
  return order;
}
