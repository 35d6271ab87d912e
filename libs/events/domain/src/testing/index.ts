export { deadLetterStoreConformance, type DeadLetterPlaceForTests } from './dead-letter-store-conformance.js';
export { eventLogConformance, type LogPlace } from './event-log-conformance.js';
export { InMemoryDeadLetterStore } from './in-memory-dead-letter-store.js';
export { InMemoryEventLog } from './in-memory-event-log.js';
export { anEvent } from './an-event.js';
export { InMemoryLogArchive } from './in-memory-log-archive.js';
