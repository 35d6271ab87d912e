/** Where a consumer group goes on in one partition. */
export interface PartitionPosition {
  readonly partition: number;
  /** The position after the last record it has done with (exclusive). */
  readonly position: number;
}

/** Committed positions of consumer groups, for consumers that keep no cursor of their own. */
export abstract class ConsumerPositions {
  /** A group's committed position in each partition, by partition; 0 where it has none. */
  abstract committed(group: string): Promise<readonly number[]>;

  /** Resolves once the positions are durable. Partitions not named keep theirs. */
  abstract commit(group: string, positions: readonly PartitionPosition[]): Promise<void>;
}
