import { MemoryStateStore } from './memory-state-store.js';
import { stateStoreConformance } from './testing/index.js';

stateStoreConformance('MemoryStateStore', async () => ({ open: async () => new MemoryStateStore(), remove: async () => undefined }));
