/** Metrics of ranked lists with binary relevance (Järvelin & Kekäläinen 2002 for NDCG). */

const discounts = Float64Array.from({ length: 4096 }, (_, rank) => 1 / Math.log2(rank + 2));

/** The weight of a hit at `rank`, counted from 0. */
export function discount(rank: number): number {
  return discounts[rank] ?? 1 / Math.log2(rank + 2);
}

/** The discounted gain of `relevant` hits in a row from the top, at most `k` of them. */
export function idealGain(relevant: number, k: number): number {
  let gain = 0;
  for (let rank = 0; rank < Math.min(relevant, k); rank++) gain += discount(rank);
  return gain;
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}
