import type { Context } from '@serendip/shared-pipeline';
import type { FeatureRows, ItemDocument, RecommendationRequest, Visitor } from './recommendation.js';

/** The user state record of libs/shared/layouts; empty for a visitor of whom nothing is known. */
export abstract class UserStateReader {
  abstract read(tenant: string, visitor: Visitor, context: Context): Promise<Uint8Array>;
}

/** Candidate columns of one request, best first, all of the same length. */
export interface CandidateColumns {
  readonly ordinals: Int32Array;
  readonly scores: Float32Array;
  /** NaN where the retriever has none. */
  readonly personalScores: Float32Array;
  readonly nextScores: Float32Array;
  /** Bit i set when `sourceNames[i]` found it. */
  readonly sourceBits: Uint16Array;
  readonly sourceNames: readonly string[];
}

export interface RetrievedCandidates extends CandidateColumns {
  readonly retriever: string;
  readonly sources: readonly { readonly name: string; readonly found: number; readonly tookMs: number; readonly error: string }[];
  readonly drops: readonly { readonly filter: string; readonly dropped: number }[];
}

export abstract class CandidateRetriever {
  abstract retrieve(request: RecommendationRequest, userState: Uint8Array, context: Context): Promise<RetrievedCandidates>;
}

export interface RankOptions {
  /** Answer the feature rows of the best n; 0 for none. */
  readonly featureRows: number;
  readonly contributions: boolean;
}

export interface RankedCandidates {
  /** One for each candidate, in order. */
  readonly scores: Float32Array;
  readonly ranker: string;
  readonly rows?: FeatureRows & { readonly contributions?: Float32Array };
}

export abstract class CandidateRanker {
  abstract rank(
    request: RecommendationRequest, candidates: CandidateColumns & { readonly userState: Uint8Array }, options: RankOptions, context: Context,
  ): Promise<RankedCandidates>;
}

export interface FoundDocuments {
  /** One for each ordinal, in order; undefined for an item that is not known. */
  readonly documents: readonly (ItemDocument | undefined)[];
  /** Why they may be older than they should be, or lack fields; absent when they are current. */
  readonly degraded?: string;
}

export abstract class DocumentReader {
  abstract read(tenant: string, ordinals: readonly number[], context: Context): Promise<FoundDocuments>;
}

/** What is shown when no candidates can be had: popular items with their documents, kept by the gateway. */
export abstract class FallbackList {
  abstract items(tenant: string, placement: string): readonly ItemDocument[];
}
