export { FakeCatalogue, type FakeItem } from './fake-catalogue.js';
export { FakeExpressions, type FakeExpression } from './fake-expressions.js';
export { FakeItemEncoder, type FakeItemEncoderOptions } from './fake-item-encoder.js';
export { FakePlaceSearch } from './fake-place-search.js';
export { FakeRetrieverLoader } from './fake-retriever-loader.js';
export { randomNumbers } from '../random-numbers.js';
export { randomRetriever, type RandomRetrieverOptions } from './random-retriever.js';
export { userStateOf, type FakeInteraction } from './user-state-of.js';
