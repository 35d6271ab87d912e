import { PARTITIONS } from '@serendip/shared-identity';
import { ConsumerPositions, type PartitionPosition } from '@serendip/events-domain';
import type { LogConnections } from './log-connections.js';
import { consumersKey } from './log-keys.js';

/** Committed positions, a hash for each group. */
export class RedisConsumerPositions extends ConsumerPositions {
  constructor(private readonly connections: LogConnections) {
    super();
  }

  async committed(group: string): Promise<readonly number[]> {
    const known = await this.connections.reading.run((client) => client.hgetall(consumersKey(group)));
    return Array.from({ length: PARTITIONS }, (_, partition) => Number(known[partition] ?? 0));
  }

  async commit(group: string, positions: readonly PartitionPosition[]): Promise<void> {
    if (positions.length === 0) return;
    const fields = positions.flatMap(({ partition, position }) => [partition, position]);
    await this.connections.reading.run(async (client) => {
      await client.hset(consumersKey(group), ...fields);
      await this.connections.replicated(client);
    });
  }
}
