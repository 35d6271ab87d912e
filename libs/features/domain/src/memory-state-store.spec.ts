import { MemoryStateStore } from './memory-state-store.js';
import { SharedMemoryStateStore, countedStatisticsConformance, stateStoreConformance } from './testing/index.js';

stateStoreConformance('MemoryStateStore', async () => ({ open: async () => new MemoryStateStore(), remove: async () => undefined }));
countedStatisticsConformance('MemoryStateStore', async () => ({ open: async () => new SharedMemoryStateStore(), remove: async () => undefined }));
