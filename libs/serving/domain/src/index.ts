export { type MadeFrom } from './cache/made-from.js';
export { SharedSlates, type SlateEntry, type SlateStore } from './cache/shared-slates.js';
export { itemMark, signAttribution, verifyAttribution, type Attribution } from './attribution-token.js';
export { openCursor, signCursor, type ListIdentity, type PagePosition } from './paging/page-cursor.js';
export { MOST_SHOWN, excludedInSearch } from './paging/shown-items.js';
export { loggedRows } from './explain/feature-rows.js';
export {
  CandidateRanker, CandidateRetriever, DocumentReader, FactsReader, FallbackList, ScoreExplainer, UserStateReader, VersionReader,
  type CandidateColumns, type FeatureStatus, type FoundDocuments, type RankOptions, type RankedCandidates, type ReadUserState, type RetrievedCandidates, type ScoreExplanation, type ScoredRows,
} from './ports.js';
export { reserveOf } from './query.js';
export { reasonsFor } from './reasons.js';
export { Recommender, type RecommenderParts, type StageTimeouts } from './recommender.js';
export {
  isEligible, type CacheUse, type Change, type ContextValue, type Exploration, type Explored, type FeatureReason, type FeatureRows, type FunnelStep, type HeadScore, type ItemDocument, type ItemExplanation, type LogPlace, type PlacementPlan, type PlacementSource,
  type Recommendation, type RecommendationRequest, type RecommendedItem, type RuleEffect, type Scoring, type StepDrop, type VisitContext, type Visitor,
} from './recommendation.js';
export { LOOKAHEAD, type Fill } from './selection/arrange.js';
export { askingTimeOfBatch } from './selection/asking-time.js';
export type { Cap } from './selection/caps.js';
export {
  applyRules, failedFilter, type AppliedRules, type Condition, type Facts, type ItemExpression, type PlannedRule, type RuleLevel,
} from './selection/rules.js';
