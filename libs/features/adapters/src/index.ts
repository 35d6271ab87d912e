export { LmdbStateStore, openStateStore } from './lmdb-state-store.js';
export { MemoryStateStore } from './memory-state-store.js';
export { MessageDocuments } from './message-documents.js';
