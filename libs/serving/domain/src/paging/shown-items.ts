import type { RetrievedCandidates } from '../ports.js';
import { reserveOf } from '../query.js';
import type { RecommendationRequest } from '../recommendation.js';

/** Most items that the pages of one list show: what a cursor must hold stays small, and nobody has been seen to scroll so far. */
export const MOST_SHOWN = 1000;

type Paged = Pick<RecommendationRequest, 'shownOrdinals' | 'limit' | 'plan'>;

/**
 * What the search must leave out because it was shown. Nothing while the candidates of the first page have enough left: then the pages of an unchanged world are
 * the cuts of one list. All that was shown, once they would run out: then there are new candidates.
 */
export function excludedInSearch({ shownOrdinals, limit, plan }: Paged): readonly number[] {
  return shownOrdinals.length + reserveOf(limit) > plan.candidates ? shownOrdinals : [];
}

/** The candidates that were not shown on an earlier page, in order. */
export function withoutShown(candidates: RetrievedCandidates, shownOrdinals: readonly number[]): RetrievedCandidates {
  if (shownOrdinals.length === 0) return candidates;
  const shown = new Set(shownOrdinals);
  const kept: number[] = [];
  candidates.ordinals.forEach((ordinal, i) => { if (!shown.has(ordinal)) kept.push(i); });
  if (kept.length === candidates.ordinals.length) return candidates;
  const picked = (column: Float32Array): Float32Array => Float32Array.from(kept, (i) => column[i]!);
  return {
    ...candidates,
    ordinals: Int32Array.from(kept, (i) => candidates.ordinals[i]!),
    scores: picked(candidates.scores),
    personalScores: picked(candidates.personalScores),
    nextScores: picked(candidates.nextScores),
    sourceBits: Uint16Array.from(kept, (i) => candidates.sourceBits[i]!),
    ...(candidates.boosts === undefined ? {} : { boosts: picked(candidates.boosts) }),
    ...(candidates.impressionFactors === undefined ? {} : { impressionFactors: picked(candidates.impressionFactors) }),
    ...(candidates.pinMatches === undefined ? {} : { pinMatches: Uint16Array.from(kept, (i) => candidates.pinMatches![i]!) }),
    drops: [...candidates.drops, { filter: 'shown', dropped: candidates.ordinals.length - kept.length }],
  };
}
