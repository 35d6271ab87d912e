export { eventLogConformance, type LogPlace } from './event-log-conformance.js';
export { InMemoryEventLog } from './in-memory-event-log.js';
export { anEvent } from './an-event.js';
