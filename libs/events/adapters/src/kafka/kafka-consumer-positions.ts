import { PARTITIONS } from '@serendip/shared-identity';
import { ConsumerPositions, type PartitionPosition } from '@serendip/events-domain';
import type { CursorTable } from './cursor-table.js';

const keyOf = (group: string, partition: number): string => JSON.stringify(['position', group, partition]);

/** Committed positions beside the log. Not Kafka's own: those of a group without members expire. */
export class KafkaConsumerPositions extends ConsumerPositions {
  constructor(private readonly table: CursorTable) {
    super();
  }

  async committed(group: string): Promise<readonly number[]> {
    const known = await this.table.all();
    return Array.from({ length: PARTITIONS }, (_, partition) => Number(known.get(keyOf(group, partition)) ?? 0));
  }

  async commit(group: string, positions: readonly PartitionPosition[]): Promise<void> {
    if (positions.length > 0) await this.table.set(positions.map(({ partition, position }) => [keyOf(group, partition), String(position)]));
  }
}
