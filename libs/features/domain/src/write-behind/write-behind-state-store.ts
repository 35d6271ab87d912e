import { PARTITIONS, partitionOf, type Entity } from '@serendip/shared-identity';
import type { Outbox } from '../outbox.js';
import type { SharedState } from '../shared-state.js';
import type { CatalogueReader, ItemRow, StateReader, UserKey } from '../state-reader.js';
import type { StateStore } from '../state-store.js';
import { WriteBehindPartitions } from './write-behind-partitions.js';

const ALL = Array.from({ length: PARTITIONS }, (_, partition) => partition);

/**
 * A state store whose commits are seen at once and written a moment later, many as one, by whoever calls `flush`. What is lost in a
 * crash had not been written, cursor and all: it is applied again from the log, to the same bytes.
 */
export class WriteBehindStateStore implements StateStore, StateReader {
  readonly partitions: WriteBehindPartitions;
  readonly reader = this;
  readonly catalogue: CatalogueReader;
  readonly outbox: Outbox;
  readonly shared: SharedState | undefined;

  constructor(private readonly beneath: StateStore) {
    this.partitions = new WriteBehindPartitions(beneath.partitions);
    this.catalogue = beneath.catalogue;
    this.outbox = beneath.outbox;
    this.shared = beneath.shared;
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    const fresh = keys.map((key) => this.partitions.user(partitionOf(key.tenant, key.entity as Entity), key));
    const others = keys.filter((_, i) => fresh[i] === undefined);
    if (others.length === 0) return fresh;
    const written = await this.beneath.reader.users(others);
    let at = 0;
    return fresh.map((record) => record ?? written[at++]);
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
