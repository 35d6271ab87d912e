export { HOUR_MS, ITEMS, PARTITION, SOME_HOUR_MS, TENANT, USERS, VISITORS, aProfileChange, aStateEvent, anItemChange } from './a-state-event.js';
export { allStatistics } from './all-statistics.js';
export { applierOf, applyLog, type ApplyOptions } from './apply-log.js';
export { dumpState } from './dump-state.js';
export { JsonDocuments, sentEvent, type JsonChange } from './json-documents.js';
export { logOf, partitionLogs } from './partition-log.js';
export { stateStoreConformance, type StatePlace } from './state-store-conformance.js';
