export { SerendipProvider, useSerendip } from './provider.js';
export { useImpression } from './use-impression.js';
export { useRecommendations, type UsedRecommendations } from './use-recommendations.js';
