import { deadLetterStoreConformance } from './dead-letter-store-conformance.js';
import { InMemoryDeadLetterStore } from './in-memory-dead-letter-store.js';

deadLetterStoreConformance('InMemoryDeadLetterStore', async () => ({ open: async () => new InMemoryDeadLetterStore(), reopen: undefined, remove: async () => undefined }));
