import type { ItemRow, Outbox, SharedState, StateReader, StateStore, UserKey } from '@serendip/features-domain';
import { partitionOf, type Entity } from '@serendip/shared-identity';
import { float64sOf } from '@serendip/shared-layouts';
import { emptyOtherLayouts } from './empty-other-layouts.js';
import { inParts } from './in-parts.js';
import { redisAddressOf } from './redis-address.js';
import { RedisCatalogueReader } from './redis-catalogue-reader.js';
import { RedisConnection, BACKGROUND_MS, type Reply } from './redis-connection.js';
import { RedisCountedStatistics } from './redis-counted-statistics.js';
import { RedisOutbox } from './redis-outbox.js';
import { RedisPartitionLeases } from './redis-partition-leases.js';
import { RedisPartitionStore } from './redis-partition-store.js';
import { requireSettings } from './require-settings.js';
import { itemOfField, stateKeys } from './state-keys.js';

export interface RedisStateStoreOptions {
  /** Told the layout that was found. */
  readonly onRebuild?: (layout: number) => void;
  /** How long a read that a request waits for is tried before it is UNAVAILABLE, in milliseconds. */
  readonly readMs?: number;
}

const READ_MS = 300;
const ROWS_AT_ONCE = 1000;

/** State in one Redis or a Redis Cluster: a partition's keys are in one slot, and change as a whole. */
export class RedisStateStore implements StateStore, StateReader {
  readonly partitions: RedisPartitionStore;
  readonly catalogue: RedisCatalogueReader;
  readonly outbox: Outbox;
  readonly shared: SharedState;
  readonly reader = this;

  private constructor(private readonly connection: RedisConnection, private readonly readMs: number, replicas: number) {
    this.catalogue = new RedisCatalogueReader(connection, readMs);
    this.partitions = new RedisPartitionStore(connection, this.catalogue, replicas);
    this.outbox = new RedisOutbox(connection);
    this.shared = { leases: new RedisPartitionLeases(connection), counted: new RedisCountedStatistics(connection) };
  }

  /**
   * Opens the state at a `redis:` or `redis-cluster:` URL; one of another layout is emptied, to be made again from the log, and `onRebuild` told.
   * Throws INVALID_ARGUMENT/STATE_STORE_UNKNOWN, FAILED_PRECONDITION/STATE_STORE_SETTING or UNAVAILABLE/STATE_FAILED.
   */
  static async open(url: string, { onRebuild = () => undefined, readMs = READ_MS }: RedisStateStoreOptions = {}): Promise<RedisStateStore> {
    const address = redisAddressOf(url);
    const connection = new RedisConnection(address);
    try {
      await requireSettings(connection, address);
      await emptyOtherLayouts(connection, onRebuild);
      return new RedisStateStore(connection, readMs, address.replicas);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    const ofUser = ({ tenant, entity }: UserKey): number => partitionOf(tenant, entity as Entity);
    const ask = async (partition: number, some: readonly UserKey[]): Promise<readonly Reply[]> =>
      (await this.connection.send('MGET', some.map((key) => stateKeys.user(partition, key)))) as readonly Reply[];
    const records = await this.connection.within(this.readMs, () => inParts(keys, ofUser, ask));
    return records.map((record) => (record as Buffer | null) ?? undefined);
  }

  async *statistics(partition: number): AsyncIterable<ItemRow> {
    // A scan may come by a field twice; each is told once.
    const told = new Set<string>();
    let place = '0';
    do {
      const page = [stateKeys.statistics(partition), place, 'COUNT', ROWS_AT_ONCE];
      const [next, flat] = (await this.connection.within(BACKGROUND_MS, () => this.connection.send('HSCAN', page))) as [Buffer, readonly Buffer[]];
      for (let i = 0; i < flat.length; i += 2) {
        const field = flat[i]!.toString('latin1');
        if (told.has(field)) continue;
        told.add(field);
        yield { key: itemOfField(flat[i]!), row: float64sOf(flat[i + 1]!) };
      }
      place = String(next);
    } while (place !== '0');
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
