export { BundleRetrieverLoader } from './bundle-retriever-loader.js';
export { retrieverBundle } from './retriever-bundle.js';
