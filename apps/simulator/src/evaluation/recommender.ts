import type { Interaction } from './interactions.js';

/** What a recommender knows of the user whom it is asked about. */
export interface Request {
  /** Oldest first, up to this moment. */
  readonly history: readonly Interaction[];
  /** Epoch milliseconds. */
  readonly time: number;
}

/** A recommender that has learned from the shop's items and events, and from nothing else. */
export abstract class Recommender {
  abstract readonly name: string;

  /** A score per item; higher is better, −Infinity is never shown. */
  abstract score(request: Request): Float64Array;

  /** Item indexes, best first; nothing that the user already looked at, nothing unavailable. */
  recommend(request: Request, length: number, isEligible: (item: number) => boolean): readonly number[] {
    const scores = this.score(request);
    const seen = new Set(request.history.map(({ item }) => item));
    const candidates: number[] = [];
    for (let item = 0; item < scores.length; item += 1) if (!seen.has(item) && isEligible(item)) candidates.push(item);
    return candidates.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, length);
  }
}
