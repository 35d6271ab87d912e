export { LAYOUT as STATE_LAYOUT } from './layout.js';
export { LmdbStateStore } from './lmdb/lmdb-state-store.js';
export { MemoryStateStore } from '@serendip/features-domain';
export { MessageDocuments } from './message-documents.js';
export { openGeneration, openGenerations, openStateStore } from './open-state-store.js';
export { RedisStateStore } from './redis/redis-state-store.js';
