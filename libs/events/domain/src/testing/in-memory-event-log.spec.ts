import { eventLogConformance, InMemoryEventLog } from './index.js';

eventLogConformance('InMemoryEventLog', async () => {
  const log = new InMemoryEventLog();
  return { writer: async () => log, reader: async () => log, remove: () => log.close() };
}, { persistent: false });
