import { PARTITIONS } from '@serendip/shared-identity';
import type { ConsumerPositions, PartitionPosition } from './consumer-positions.js';

/** Consumer groups whose committed positions say what the log no longer needs: what state has applied, and what is archived and older or more than the retention. */
export const TRIM_GROUPS = { applied: 'applied', archived: 'archived-past-retention' } as const;

/** By partition the position before which records may go: applied, archived and past the retention, all of it. Partitions of which nothing may are left out. */
export async function trimPositions(positions: Pick<ConsumerPositions, 'committed'>): Promise<readonly PartitionPosition[]> {
  const [applied, archived] = await Promise.all([positions.committed(TRIM_GROUPS.applied), positions.committed(TRIM_GROUPS.archived)]);
  return Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, position: Math.min(applied[partition]!, archived[partition]!) })).filter(({ position }) => position > 0);
}
