import type { Context } from '@serendip/shared-pipeline';
import type { MadeFrom } from './cache/made-from.js';
import type { FeatureRows, ItemDocument, RecommendationRequest, Visitor } from './recommendation.js';
import type { AppliedRules, Facts } from './selection/rules.js';

export interface ReadUserState {
  /** The user state record of libs/shared/layouts; empty for a visitor of whom nothing is known. */
  readonly record: Uint8Array;
  /** The user that an anonymous visitor has become, whose record it is; else ''. */
  readonly mergedInto: string;
}

export abstract class UserStateReader {
  abstract read(tenant: string, visitor: Visitor, context: Context): Promise<ReadUserState>;
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
  /** Names all besides the request that this was made from; empty or absent when that changed meanwhile or isn't known. */
  readonly version?: string;
  readonly sources: readonly { readonly name: string; readonly found: number; readonly tookMs: number; readonly error: string }[];
  /** Each candidate's boosts multiplied, 0.01 to 100; absent when there are none. */
  readonly boosts?: Float32Array;
  /** What impressions that nothing came of multiply each score by, 0.01 to 1; absent when there are none. */
  readonly impressionFactors?: Float32Array;
  /** Bit i set when the i-th pin of the rules matches; absent when there are none. */
  readonly pinMatches?: Uint16Array;
  readonly drops: readonly { readonly filter: string; readonly dropped: number }[];
  /** Items of the catalogue that it searched; 0 or absent where that is not known. */
  readonly searched?: number;
}

export abstract class CandidateRetriever {
  /** Only candidates that hold to the filters; the best match of each pin is among them. */
  abstract retrieve(request: RecommendationRequest, known: { readonly userState: Uint8Array; readonly rules: AppliedRules }, context: Context): Promise<RetrievedCandidates>;
}

/** What expressions may ask about a request: who asks, with their profile, and from where. */
export abstract class FactsReader {
  abstract factsOf(request: RecommendationRequest, userState: Uint8Array): Facts;
}

export interface RankOptions {
  /** Answer the feature rows of the best n; 0 for none. */
  readonly featureRows: number;
}

export interface RankedCandidates {
  /** One for each candidate, in order. */
  readonly scores: Float32Array;
  readonly ranker: string;
  /** Like that of candidates. */
  readonly version?: string;
  readonly rows?: FeatureRows;
}

export abstract class CandidateRanker {
  abstract rank(
    request: RecommendationRequest, candidates: CandidateColumns & { readonly userState: Uint8Array }, options: RankOptions, context: Context,
  ): Promise<RankedCandidates>;
}

/** What stands behind a feature's value: something; nothing, though user and item are known; no such user or item; something that is older than its time-to-live. */
export type FeatureStatus = 'PRESENT' | 'NULL_VALUE' | 'NOT_FOUND' | 'OUTSIDE_MAX_AGE';

/** Feature rows as the plan's ranker saw them, and what they were made of besides items and request. */
export interface ScoredRows extends FeatureRows {
  readonly userState: Uint8Array;
  /** One for each row, as the candidates have them. */
  readonly personalScores: Float32Array;
  readonly nextScores: Float32Array;
}

/** What makes feature rows score as they do. */
export interface ScoreExplanation {
  /** The ranker's heads, with their weights in the objective. */
  readonly heads: readonly { readonly head: string; readonly weight: number }[];
  /** Row-major, rows × heads. */
  readonly headScores: Float32Array;
  /** Row-major, rows × features: how much lower the score is when the feature has its mean of the training set. */
  readonly contributions: Float32Array;
  /** Score of a row in which every feature has its mean. */
  readonly baseline: number;
  /** What each feature is, for a person. */
  readonly words: readonly string[];
  readonly means: Float32Array;
  /** Whether each feature is log(1 + what its words say). */
  readonly logarithms: readonly boolean[];
  /** Row-major, rows × features; empty where ranking does not say. */
  readonly statuses: readonly FeatureStatus[];
  /** Likewise: when the newest fact behind a value happened, epoch milliseconds; NaN where nothing dates it. */
  readonly newestMs: Float64Array;
}

export abstract class ScoreExplainer {
  abstract explain(request: RecommendationRequest, rows: ScoredRows, context: Context): Promise<ScoreExplanation>;
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

/** What the services would make a request's answer from now. Rejects when it can't be known. */
export abstract class VersionReader {
  abstract read(request: RecommendationRequest, context: Context): Promise<Omit<MadeFrom, 'userState'>>;
}

/** What is shown when no candidates can be had: popular items with their documents, kept by the gateway. */
export abstract class FallbackList {
  abstract items(tenant: string, placement: string): readonly ItemDocument[];
}
