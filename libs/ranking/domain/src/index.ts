export { Batcher, type BatcherOptions } from './batcher.js';
export { FeatureComputer, type FeatureCandidates, type FeatureContext } from './feature-computer.js';
export { RankerRuntime } from './ranker-runtime.js';
export { Ranker, type RankOutcome, type RankQuery, type RankerSpec } from './ranker.js';
export { RANKING_FEATURES, RANKING_FEATURE_NAMES, type RankingFeature, type RankingFeatureName } from './ranking-features.js';
