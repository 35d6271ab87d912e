import { PARTITIONS } from '@serendip/shared-identity';
import { ConsumerPositions, type PartitionPosition } from '@serendip/events-domain';
import { open, type RootDatabase } from 'lmdb';

/**
 * Committed positions in an LMDB environment of their own, which every consumer writes: a consumer that stops in the middle of
 * a commit must not hold up the log.
 */
export class LmdbConsumerPositions extends ConsumerPositions {
  private opened: RootDatabase<Buffer, Buffer> | undefined;

  constructor(private readonly path: string) {
    super();
  }

  async committed(group: string): Promise<readonly number[]> {
    this.groups.resetReadTxn();
    return this.read(group);
  }

  async commit(group: string, positions: readonly PartitionPosition[]): Promise<void> {
    await this.groups.transaction(() => {
      const committed = this.read(group);
      for (const { partition, position } of positions) committed[partition] = position;
      const bytes = Buffer.alloc(8 * PARTITIONS);
      committed.forEach((position, partition) => bytes.writeDoubleLE(position, 8 * partition));
      void this.groups.put(Buffer.from(group), bytes);
    });
  }

  async close(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
  }

  private get groups(): RootDatabase<Buffer, Buffer> {
    this.opened ??= open<Buffer, Buffer>(this.path, { encoding: 'binary', keyEncoding: 'binary', overlappingSync: false });
    return this.opened;
  }

  private read(group: string): number[] {
    const bytes = this.groups.get(Buffer.from(group));
    return Array.from({ length: PARTITIONS }, (_, partition) => bytes?.readDoubleLE(8 * partition) ?? 0);
  }
}
