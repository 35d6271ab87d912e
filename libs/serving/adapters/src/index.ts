export { CachedDocumentReader } from './cached-document-reader.js';
export { attributeMessage, attributeMessages, attributeOf, contextMessage } from './context-message.js';
export { GrpcCandidateRanker } from './grpc-candidate-ranker.js';
export { GrpcCandidateRetriever } from './grpc-candidate-retriever.js';
export { GrpcUserStateReader } from './grpc-user-state-reader.js';
export { GrpcVersionReader } from './grpc-version-reader.js';
export { documentOfEntry, isoTime, publicFields } from './item-document.js';
export { LruSlateStore } from './lru-slate-store.js';
export { StoredFallbackList } from './stored-fallback-list.js';
