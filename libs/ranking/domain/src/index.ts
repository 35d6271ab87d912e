export { Batcher, type BatcherOptions } from './batcher.js';
export { BufferPool } from './buffer-pool.js';
export { FeatureComputer, type FeatureCandidates, type FeatureContext } from './feature-computer.js';
export { RankerRuntime } from './ranker-runtime.js';
export { Ranker, type RankOutcome, type RankQuery, type RankerSpec, type RowExplanation } from './ranker.js';
export { localOffsetMs, type VisitAttribute, type VisitFields } from './visit.js';
export { Taste, type TasteTable } from './taste.js';
export { visitFeatureName, visitFeatureValue, visitFeaturesIn, type VisitFeature } from './visit-features.js';
export { RANKING_FEATURES, RANKING_FEATURE_NAMES, isLogarithm, wordsFor, type RankingFeature, type RankingFeatureName } from './ranking-features.js';
