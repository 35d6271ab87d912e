import type { Degradation } from '@serendip/shared-pipeline';
import type { FeatureRows } from './recommendation.js';
import type { FeatureReason, ItemDocument, RecommendationRequest } from './recommendation.js';
import type { RankedCandidates, RetrievedCandidates } from './ports.js';

/** What stages of one request leave for each other, besides the candidates themselves. */
export interface Work {
  candidates?: RetrievedCandidates;
  /** Whether retrieval found as many as were wanted, so that there may be others. */
  maybeMore?: boolean;
  ranked?: RankedCandidates;
  documents?: ReadonlyMap<number, ItemDocument>;
  /** Documents that came with the fallback list: used where newer ones can't be read. */
  kept?: ReadonlyMap<number, ItemDocument>;
  /** Steps down that a stage took without failing as a whole. */
  readonly late: Degradation[];
}

/** One request on its way through the pipeline. */
export interface Query {
  readonly request: RecommendationRequest;
  readonly userState: Uint8Array;
  /** False while the visitor's state could not be read: then seen items may be shown, and the answer says so. */
  readonly userStateKnown: boolean;
  readonly work: Work;
}

/** Items the selector keeps: the slate, which may be as long as a given list, and a reserve for what late checks drop. */
export const reserveOf = (limit: number): number => Math.max(limit, Math.min(400, limit * 2 + 20));

const MOST_REASONS = 6;

/** The features that moved an item's score most, strongest first. */
export function featureReasons(rows: (FeatureRows & { readonly contributions?: Float32Array }) | undefined, ordinal: number): readonly FeatureReason[] {
  if (rows?.contributions === undefined) return [];
  const row = rows.ordinals.indexOf(ordinal);
  if (row < 0) return [];
  const width = rows.names.length;
  return rows.names
    .map((name, column) => ({ name, value: rows.values[row * width + column]!, contribution: rows.contributions![row * width + column]! }))
    .filter(({ contribution }) => Number.isFinite(contribution) && contribution !== 0)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, MOST_REASONS);
}
