export { createClient, type Client, type ClientOptions } from './client.js';
export type { Context, EventDetails, EventItem, EventOf, EventType, QueuedEvent, Rejection, Value } from './event.js';
export { observeImpression } from './impression.js';
export type { Fallback, FallbackItem, RecommendOptions, RecommendationRequest, Recommendations, RecommendedItem } from './recommendation.js';
export { SerendipError } from './serendip-error.js';
