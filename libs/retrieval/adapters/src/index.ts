export { BundleRetrieverLoader } from './bundle-retriever-loader.js';
export { CelExpressionCompiler } from './cel-expression-compiler.js';
export { retrieverBundle } from './retriever-bundle.js';
export { GraphVectorIndex, type BestRows, type GraphVectorIndexOptions, type VectorTable } from './graph-vector-index.js';
