import type { CatalogueReader, ItemKey, StoredItem } from '@serendip/features-domain';
import { HashTable64, PARTITIONS, ordinalOf, partitionOfOrdinal } from '@serendip/shared-identity';
import { inParts } from './in-parts.js';
import type { LiveGenerations } from './live-generations.js';
import { BACKGROUND_MS, type Argument, type RedisConnection, type Reply } from './redis-connection.js';
import { HEAD_FIELDS, decodeItem, headOf, itemField, stateKeys } from './state-keys.js';

const ALL = Array.from({ length: PARTITIONS }, (_, partition) => partition);

/**
 * Items of every partition. The hash of an id does not tell its partition, so each is asked for it, once: an item has its ordinal for
 * good.
 */
export class RedisCatalogueReader implements CatalogueReader {
  private readonly ordinalsOfTenants = new Map<string, HashTable64>();

  /** @param readMs how long is tried to answer, in milliseconds */
  constructor(private readonly connection: RedisConnection, private readonly live: LiveGenerations, private readonly readMs: number) {}

  async itemsByOrdinal(tenant: string, ordinals: ArrayLike<number>): Promise<readonly (StoredItem | undefined)[]> {
    return this.connection.within(this.readMs, () => this.byOrdinal(tenant, Array.from(ordinals)));
  }

  async itemsByHash(keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]> {
    return this.connection.within(this.readMs, async () => this.known(keys, await this.findOrdinals(keys)));
  }

  async ordinals(keys: readonly ItemKey[]): Promise<Int32Array> {
    return this.connection.within(BACKGROUND_MS, () => this.findOrdinals(keys));
  }

  /** The n-th item of a partition has been there since the n-th ordinal was given, so the heads tell which ordinals there are. */
  async listItems(tenant: string, fromOrdinal: number, max: number): Promise<readonly StoredItem[]> {
    return this.connection.within(this.readMs, async () => {
      const heads = await Promise.all(ALL.map(async (partition) => headOf((await this.ask(partition, 'HMGET', (place) => [stateKeys.head(place), ...HEAD_FIELDS])) as readonly Reply[])));
      const ends = heads.map((head, partition) => ordinalOf(head?.items[tenant] ?? 0, partition));
      const last = Math.max(...ends);
      const ordinals: number[] = [];
      for (let ordinal = fromOrdinal; ordinal < last && ordinals.length < max; ordinal++) if (ordinal < ends[partitionOfOrdinal(ordinal)]!) ordinals.push(ordinal);
      return (await this.byOrdinal(tenant, ordinals)).filter((item) => item !== undefined);
    });
  }

  async changedItems(tenant: string, partition: number, { after, max }: { readonly after: number; readonly max: number }): Promise<readonly StoredItem[]> {
    return this.connection.within(this.readMs, async () => {
      for (;;) {
        const range = (place: string) => [stateKeys.changes(place, tenant), `(${after}`, '+inf', 'BYSCORE', 'LIMIT', 0, max, 'WITHSCORES'];
        const flat = (await this.ask(partition, 'ZRANGE', range)) as readonly Reply[];
        const changes = Array.from({ length: flat.length / 2 }, (_, i) => ({ ordinal: Number(flat[i * 2]), sequence: Number(flat[i * 2 + 1]) }));
        const items = await this.byOrdinal(tenant, changes.map(({ ordinal }) => ordinal));
        // One that changed between the two reads has its place further on by now.
        const settled = items.filter((item, i) => item?.sequence === changes[i]!.sequence) as StoredItem[];
        if (settled.length > 0 || changes.length === 0) return settled;
      }
    });
  }

  /** Items by their hash where their partition is known. */
  async itemsOf(partition: number, keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]> {
    return this.known(keys, await this.ordinalsIn([partition], keys));
  }

  private async findOrdinals(keys: readonly ItemKey[]): Promise<Int32Array> {
    const ordinals = Int32Array.from(keys, ({ tenant, lo, hi }) => this.ordinalsOf(tenant).get(lo, hi));
    const missing = [...keys.keys()].filter((i) => ordinals[i]! < 0);
    const found = await this.ordinalsIn(ALL, missing.map((i) => keys[i]!));
    for (const [n, i] of missing.entries()) {
      if (found[n]! < 0) continue;
      ordinals[i] = found[n]!;
      this.ordinalsOf(keys[i]!.tenant).set(keys[i]!, found[n]!);
    }
    return ordinals;
  }

  private ordinalsOf(tenant: string): HashTable64 {
    let known = this.ordinalsOfTenants.get(tenant);
    if (known === undefined) this.ordinalsOfTenants.set(tenant, (known = new HashTable64()));
    return known;
  }

  private async ordinalsIn(partitions: readonly number[], keys: readonly ItemKey[]): Promise<Int32Array> {
    const ordinals = new Int32Array(keys.length).fill(-1);
    if (keys.length === 0) return ordinals;
    const fields = keys.map(itemField);
    await Promise.all(partitions.map(async (partition) => {
      const found = (await this.ask(partition, 'HMGET', (place) => [stateKeys.ordinals(place), ...fields])) as readonly Reply[];
      for (const [i, ordinal] of found.entries()) if (ordinal !== null) ordinals[i] = Number(ordinal);
    }));
    return ordinals;
  }

  private async known(keys: readonly ItemKey[], ordinals: Int32Array): Promise<readonly (StoredItem | undefined)[]> {
    const items = new Array<StoredItem | undefined>(keys.length).fill(undefined);
    const tenants = Map.groupBy(keys.keys(), (i) => keys[i]!.tenant);
    await Promise.all([...tenants].map(async ([tenant, places]) => {
      const found = places.filter((i) => ordinals[i]! >= 0);
      const list = await this.byOrdinal(tenant, found.map((i) => ordinals[i]!));
      found.forEach((place, i) => { items[place] = list[i]; });
    }));
    return items;
  }

  private ask(partition: number, command: string, argsAt: (place: string) => readonly Argument[]): Promise<Reply> {
    return this.live.read(partition, (place) => this.connection.send(command, argsAt(place)));
  }

  private async byOrdinal(tenant: string, ordinals: readonly number[]): Promise<readonly (StoredItem | undefined)[]> {
    const found = await inParts(ordinals, (ordinal) => this.connection.partOf(partitionOfOrdinal(ordinal)), async (some) =>
      (await this.live.strings(some.map(partitionOfOrdinal), (place, i) => stateKeys.item(place, tenant, some[i]!))) as readonly (Buffer | null)[]);
    return found.map((bytes, i) => (bytes === null ? undefined : decodeItem(tenant, ordinals[i]!, bytes)));
  }
}
