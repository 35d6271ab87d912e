export { eventually } from './eventually.js';
export { FakeFeatureStore, type FakeItem } from './fake-feature-store.js';
