import { PARTITIONS } from '@serendip/shared-identity';
import type { Outbox } from '../outbox.js';
import type { PartitionStore } from '../partition-store.js';
import type { SharedState } from '../shared-state.js';
import { partitionOfUser, type CatalogueReader, type ItemRow, type StateReader, type UserKey } from '../state-reader.js';
import type { StateStore } from '../state-store.js';
import { WriteBehindPartitions } from './write-behind-partitions.js';

const ALL = Array.from({ length: PARTITIONS }, (_, partition) => partition);

/**
 * A state store whose commits are seen at once and written a moment later, many as one, by whoever calls `flush`. What is lost in a
 * crash had not been written, cursor and all: it is applied again from the log, to the same bytes. Records of users that are read are kept, as long as nobody
 * else writes their partition.
 */
export class WriteBehindStateStore implements StateStore, StateReader {
  readonly partitions: WriteBehindPartitions;
  readonly reader = this;
  readonly shared: SharedState | undefined;
  /** How far partitions are written, in whatever generation is live; what waits is not counted. */
  readonly written: Pick<PartitionStore, 'head'> = { head: (partition) => this.beneath.partitions.head(partition) };

  constructor(private beneath: StateStore) {
    this.partitions = new WriteBehindPartitions(beneath.partitions);
    this.shared = beneath.shared;
    this.shared?.whenSwitched((partition) => this.partitions.switched(partition));
  }

  get catalogue(): CatalogueReader {
    return this.beneath.catalogue;
  }

  get outbox(): Outbox {
    return this.beneath.outbox;
  }

  /** Goes on over another generation that is where this one is seen to be, or further; nothing may be committed meanwhile. Answers the one before, for the caller to close. */
  async switchTo(generation: StateStore): Promise<StateStore> {
    await this.partitions.switchTo(generation.partitions);
    const before = this.beneath;
    this.beneath = generation;
    return before;
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    const partitions = keys.map(partitionOfUser);
    const found = keys.map((key, i) => this.partitions.user(partitions[i]!, key));
    const others = [...keys.keys()].filter((i) => found[i] === undefined);
    if (others.length === 0) return found;
    const keepers = others.map((i) => this.partitions.keeper(partitions[i]!));
    const written = await this.beneath.reader.users(others.map((i) => keys[i]!));
    others.forEach((place, i) => {
      const record = (found[place] = written[i]);
      if (record !== undefined) keepers[i]!(keys[place]!, record);
    });
    return found;
  }

  async *statistics(partition: number): AsyncIterable<ItemRow> {
    await this.flush([partition]);
    yield* this.beneath.reader.statistics(partition);
  }

  /** Writes what waits of some partitions, of all by default. Throws the first failure; what could not be written waits on. */
  async flush(partitions: readonly number[] = ALL): Promise<void> {
    await this.partitions.flush(partitions);
  }

  /** Looks whether some partitions are where they were left in the store; whoever asked to be told hears of those that are not. */
  async check(partitions: readonly number[]): Promise<void> {
    await this.partitions.check(partitions);
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.beneath.close();
    }
  }
}
