export { MockGateway, type MockGatewayOptions } from './mock-gateway.js';
export { MockRecommender, type MockEvent, type MockItem } from './mock-recommender.js';
