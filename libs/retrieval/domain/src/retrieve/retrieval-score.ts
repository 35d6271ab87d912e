import type { PopularityOrder } from '../catalogue/popularity-order.js';

/** How much of log(neighbours ÷ highest) counts; set on sequences of films. */
const NEXT_WEIGHT = 0.7;
/** Twice that: whoever asks with a seed wants what goes with it. */
const SIMILAR_WEIGHT = 1.4;
/** Keeps what is not a neighbour at all from being out of the question. */
const FLOOR = 0.01;
const LOG_FLOOR = Math.log(FLOOR);
/** What an item that nothing has happened to counts for, in log popularity. */
const LEAST_PRIOR = -12;

/** One value for each candidate. */
export interface ScoreParts {
  /** The retriever's scores; undefined when there is no user vector. */
  readonly personal: Float32Array | undefined;
  readonly next: Float32Array;
  readonly nextHighest: number;
  readonly similar: Float32Array;
  readonly similarHighest: number;
}

/**
 * The scores of retrieval's own order, good enough to be shown when no ranker is there: all parts are logarithms of how
 * likely an item is next. The retriever's score less the highest of them (its log-softmax but for a constant of the user) or,
 * without one, log(popularity ÷ the most popular item's); plus 0.7 · log(next ÷ highest + 0.01); plus 1.4 · the same of similarity.
 * Always finite. Rows behind the first `counted` are measured against these and do not count themselves.
 */
export function retrievalScores(rows: Int32Array, { personal, next, nextHighest, similar, similarHighest }: ScoreParts, { logShare }: PopularityOrder, counted = rows.length): Float32Array {
  const scores = new Float32Array(rows.length);
  const top = personal === undefined ? 0 : highest(personal.subarray(0, counted));
  for (let i = 0; i < rows.length; i++) {
    const known = personal === undefined ? NaN : personal[i]! - top;
    let score = Number.isFinite(known) ? known : Math.max(LEAST_PRIOR, logShare[rows[i]!] ?? LEAST_PRIOR);
    if (nextHighest > 0) score += NEXT_WEIGHT * logShareOf(next[i]!, nextHighest);
    if (similarHighest > 0) score += SIMILAR_WEIGHT * logShareOf(similar[i]!, similarHighest);
    scores[i] = score;
  }
  return scores;
}

/** Most are neighbours of nothing, and the logarithm is not free. */
const logShareOf = (value: number, highestOfAll: number): number => (value === 0 ? LOG_FLOOR : Math.log(value / highestOfAll + FLOOR));

function highest(values: Float32Array): number {
  let most = -Infinity;
  for (const value of values) if (value > most && value < Infinity) most = value;
  return most;
}
