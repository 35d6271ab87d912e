import { partitionLeasesConformance } from '../testing/index.js';
import { MemoryPartitionLeases } from './memory-partition-leases.js';

partitionLeasesConformance('MemoryPartitionLeases', async () => {
  let nowMs = 0;
  const leases = new MemoryPartitionLeases(() => nowMs);
  return { leases: [leases, leases], pass: async (ms) => { nowMs += ms; }, remove: async () => undefined };
});
