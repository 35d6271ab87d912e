import { partitionOfUser, type Generations, type ItemRow, type Outbox, type SharedState, type StateReader, type StateStore, type UserKey } from '@serendip/features-domain';
import { REDIS_FORMS, redisAddressOf, type RedisAddress } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import { float64sOf } from '@serendip/shared-layouts';
import { emptyOtherLayouts } from './empty-other-layouts.js';
import { inParts } from './in-parts.js';
import { LiveGenerations } from './live-generations.js';
import { RedisCatalogueReader } from './redis-catalogue-reader.js';
import { RedisConnection, BACKGROUND_MS, type Reply } from './redis-connection.js';
import { RedisCountedStatistics } from './redis-counted-statistics.js';
import { RedisGenerations } from './redis-generations.js';
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

/** Less than the second that a read is given by who asks, so that it hears why; a slate gives up sooner by itself. */
const READ_MS = 800;
const ROWS_AT_ONCE = 1000;

/** State in one Redis or a Redis Cluster: a partition's keys are in one slot, and change as a whole. */
export class RedisStateStore implements StateStore, StateReader {
  readonly partitions: RedisPartitionStore;
  readonly catalogue: RedisCatalogueReader;
  readonly outbox: Outbox;
  readonly shared: SharedState;
  readonly reader = this;

  readonly generations: Generations;
  private readonly live: LiveGenerations;

  private constructor(private readonly connection: RedisConnection, private readonly parts: { readonly url: string; readonly readMs: number; readonly replicas: number; readonly generation?: number }) {
    const { url, readMs, replicas, generation } = parts;
    const live = new LiveGenerations(connection, generation);
    this.live = live;
    this.catalogue = new RedisCatalogueReader(connection, live, readMs);
    this.partitions = new RedisPartitionStore({ connection, live, catalogue: this.catalogue, replicas });
    this.outbox = new RedisOutbox(connection, live);
    this.shared = { leases: new RedisPartitionLeases(connection), counted: new RedisCountedStatistics(connection, live), whenSwitched: (listener) => live.whenSwitched(listener) };
    this.generations = new RedisGenerations({ connection, live, replicas, url });
  }

  /**
   * Opens the state at the URL of a Redis or a cluster; one of another layout is emptied, to be made again from the log, and `onRebuild` told.
   * Throws INVALID_ARGUMENT/STATE_STORE_UNKNOWN, FAILED_PRECONDITION/STATE_STORE_SETTING or UNAVAILABLE/STATE_FAILED.
   */
  static async open(url: string, { onRebuild = () => undefined, readMs = READ_MS }: RedisStateStoreOptions = {}): Promise<RedisStateStore> {
    const address = stateAddressOf(url);
    return RedisStateStore.connected(address, async (connection) => {
      await emptyOtherLayouts(connection, onRebuild);
      return new RedisStateStore(connection, { url, readMs, replicas: address.replicas });
    });
  }

  /** Opens what `Generations.begin` answered, to be written beside the live one. Throws as `open`. */
  static async openGeneration(generation: string): Promise<RedisStateStore> {
    const [url, number] = generation.split('#') as [string, string];
    const address = stateAddressOf(url);
    return RedisStateStore.connected(address, async (connection) => new RedisStateStore(connection, { url, readMs: READ_MS, replicas: address.replicas, generation: Number(number) }));
  }

  private static async connected(address: RedisAddress, make: (connection: RedisConnection) => Promise<RedisStateStore>): Promise<RedisStateStore> {
    const connection = new RedisConnection(address);
    try {
      await requireSettings(connection, address);
      return await make(connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    const partitions = keys.map(partitionOfUser);
    const ask = (some: readonly number[]): Promise<readonly Reply[]> =>
      this.live.strings(some.map((i) => partitions[i]!), (place, i) => stateKeys.user(place, keys[some[i]!]!));
    const records = await this.connection.within(this.parts.readMs, () => inParts([...keys.keys()], (i) => this.connection.partOf(partitions[i]!), ask));
    return records.map((record) => (record as Buffer | null) ?? undefined);
  }

  async *statistics(partition: number): AsyncIterable<ItemRow> {
    // A scan may come by a field twice; each is told once.
    const told = new Set<string>();
    const generation = await this.connection.within(BACKGROUND_MS, () => this.live.learn(partition));
    let place = '0';
    do {
      const ask = (keys: string): Promise<Reply> => this.connection.send('HSCAN', [stateKeys.statistics(keys), place, 'COUNT', ROWS_AT_ONCE]);
      const [next, flat] = (await this.connection.within(BACKGROUND_MS, () => this.live.read(partition, ask))) as [Buffer, readonly Buffer[]];
      this.live.require(partition, generation);
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

function stateAddressOf(url: string): RedisAddress {
  const address = redisAddressOf(url);
  if (address !== undefined) return address;
  throw new DomainError('INVALID_ARGUMENT', 'STATE_STORE_UNKNOWN', `The URL of the state store is not understood (it begins with '${url.split('/')[0]}'): use ${REDIS_FORMS}.`);
}
