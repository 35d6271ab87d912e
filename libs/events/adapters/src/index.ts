export { Erasures, readErasures } from './erasures.js';
export { LmdbDeadLetterStore } from './lmdb/dead-letters/lmdb-dead-letter-store.js';
export { openEventLog, type OpenEventLogOptions } from './open-event-log.js';
