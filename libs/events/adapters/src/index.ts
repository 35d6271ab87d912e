export { LmdbEventLog, type LmdbEventLogOptions } from './lmdb/lmdb-event-log.js';
export { openEventLog, type OpenEventLogOptions } from './open-event-log.js';
