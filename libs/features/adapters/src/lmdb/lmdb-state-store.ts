import { partitionOfUser, type ItemRow, type Outbox, type StateReader, type StateStore, type UserKey } from '@serendip/features-domain';
import { float64sOf } from '@serendip/shared-layouts';
import { LmdbCatalogueReader } from './lmdb-catalogue-reader.js';
import { LmdbPartitionStore } from './lmdb-partition-store.js';
import { LmdbOutbox } from './lmdb-outbox.js';
import { openStateTables, type StateTables } from './state-tables.js';

export interface LmdbStateStoreOptions {
  /** Told the layout that was found. */
  readonly onRebuild?: (layout: number) => void;
}

/** State in one LMDB environment, for one process. A commit is visible, not yet on disk, when it resolves: the log has it. */
export class LmdbStateStore implements StateStore, StateReader {
  readonly partitions: LmdbPartitionStore;
  readonly catalogue: LmdbCatalogueReader;
  readonly reader = this;
  /** One process at a time. */
  readonly shared = undefined;
  readonly outbox: Outbox;
  private readonly tables: StateTables;

  /** Opens the state in a directory, or makes it; one of another layout is emptied, to be made again from the log, and `onRebuild` told. */
  constructor(path: string, { onRebuild = () => undefined }: LmdbStateStoreOptions = {}) {
    this.tables = openStateTables(path, onRebuild);
    this.catalogue = new LmdbCatalogueReader(this.tables);
    this.outbox = new LmdbOutbox(this.tables);
    this.partitions = new LmdbPartitionStore(this.tables, this.catalogue);
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.tables.users.get([partitionOfUser(key), key.tenant, key.entity]));
  }

  async *statistics(partition: number): AsyncIterable<ItemRow> {
    for (const { key, value } of this.tables.statistics.getRange({ start: [partition], end: [partition + 1] })) {
      const [, tenant, hi, lo] = key as [number, string, number, number];
      yield { key: { tenant, lo, hi }, row: float64sOf(value) };
    }
  }

  async close(): Promise<void> {
    await this.tables.root.flushed;
    await this.tables.root.close();
  }
}
