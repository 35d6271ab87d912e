export { BundleRetrieverLoader } from './bundle-retriever-loader.js';
export { CelExpressionCompiler } from './cel-expression-compiler.js';
export { retrieverBundle } from './retriever-bundle.js';
