export { FakeParts, documentOf, exploringRetriever, expressionOf, filteringRetriever, planOf, requestOf } from './fakes.js';
export { slowSelection, type SlowItem, type SlowRules } from './slow-selection.js';
export { slowSlotPools, type SlowCap } from './slow-exploration.js';
