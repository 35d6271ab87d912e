export { FakeParts, documentOf, expressionOf, filteringRetriever, planOf, requestOf } from './fakes.js';
export { slowSelection, type SlowItem, type SlowRules } from './slow-selection.js';
