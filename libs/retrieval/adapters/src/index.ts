export { BundleItemEncoderLoader } from './bundle-item-encoder-loader.js';
export { BundleRetrieverLoader, retrieverDimension } from './bundle-retriever-loader.js';
export type { SearchDevice } from './card-search.js';
export { ThreadRetrieverLoader } from './thread-retriever-loader.js';
export { CelExpressionCompiler } from './cel-expression-compiler.js';
export { retrieverBundle } from './retriever-bundle.js';
export { GraphVectorIndex, vectorGraph, type GraphVectorIndexOptions, type VectorGraph, type VectorTable } from './graph-vector-index.js';
