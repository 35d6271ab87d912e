import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS, hash64, partitionOfOrdinal, type Hash64 } from '@serendip/shared-identity';
import { combineStatistics, emptyStatistics } from '@serendip/shared-layouts';
import { DEDUPE_HOURS, NEW_PARTITION, type FoundState, type ImportCursor, type PartitionCommit, type PartitionHead, type PartitionStore, type WantedState } from './partition-store.js';
import type { CountedStatistics, SharedState } from './shared-state.js';
import type { Outbox, OutgoingEvent } from './outbox.js';
import type { CatalogueReader, ItemKey, ItemRow, StateReader, StoredItem, UserKey } from './state-reader.js';
import type { StateStore } from './state-store.js';

const NOTHING = emptyStatistics();

const itemText = ({ tenant, lo, hi }: ItemKey): string => `${tenant}\0${hi}.${lo}`;
const userText = ({ tenant, entity }: UserKey): string => `${tenant}\0${entity}`;
const hashText = ({ lo, hi }: Hash64): string => `${hi}.${lo}`;

class MemoryPartition {
  head: PartitionHead = NEW_PARTITION;
  readonly statistics = new Map<string, ItemRow & { readonly end: number }>();
  readonly events = new Map<string, number>();
  readonly eventsByHour = new Map<number, string[]>();
  readonly imports = new Map<string, ImportCursor>();
  outgoing: OutgoingEvent[] = [];

  apply({ head, statistics, events, imports, outgoing }: PartitionCommit): void {
    this.head = head;
    for (const { key, row } of statistics) this.statistics.set(itemText(key), { key, row: row.slice(), end: head.cursor });
    for (const { hash, hour } of events) this.know(hashText(hash), hour);
    for (const { importId, cursor } of imports) this.imports.set(importId, cursor);
    this.outgoing.push(...outgoing);
    this.forgetBefore(head.hour - DEDUPE_HOURS);
  }

  private know(event: string, hour: number): void {
    this.events.set(event, hour);
    const others = this.eventsByHour.get(hour);
    if (others === undefined) this.eventsByHour.set(hour, [event]);
    else others.push(event);
  }

  private forgetBefore(hour: number): void {
    for (const [known, events] of this.eventsByHour) {
      if (known >= hour) continue;
      for (const event of events) if (this.events.get(event) === known) this.events.delete(event);
      this.eventsByHour.delete(known);
    }
  }
}

/** State in this process's memory: for tests, and for replays that nobody needs to keep. */
export class MemoryStateStore implements StateStore, PartitionStore, StateReader, CatalogueReader, Outbox, CountedStatistics {
  readonly partitions = this;
  readonly reader = this;
  readonly catalogue = this;
  readonly outbox = this;
  readonly shared: SharedState | undefined = undefined;
  private readonly byPartition = Array.from({ length: PARTITIONS }, () => new MemoryPartition());
  private readonly userRecords = new Map<string, Uint8Array>();
  private readonly items = new Map<string, StoredItem>();
  private readonly tenants = new Map<string, Map<number, StoredItem>>();

  async head(partition: number): Promise<PartitionHead> {
    return this.byPartition[partition]!.head;
  }

  async find(partition: number, wanted: WantedState): Promise<FoundState> {
    const { head, statistics, events, imports } = this.byPartition[partition]!;
    return {
      head,
      users: wanted.users.map((key) => this.userRecords.get(userText(key))),
      statistics: wanted.statistics.map((key) => statistics.get(itemText(key))?.row),
      items: wanted.items.map((key) => this.items.get(itemText(key))),
      events: wanted.events.map((hash) => events.get(hashText(hash))),
      imports: wanted.imports.map((id) => imports.get(id)),
    };
  }

  async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    const own = this.byPartition[partition]!;
    if (own.head.cursor !== expectedCursor) throw staleOwner(partition, own.head.cursor, expectedCursor);
    own.apply(commit);
    for (const { key, record } of commit.users) {
      if (record === undefined) this.userRecords.delete(userText(key));
      else this.userRecords.set(userText(key), record);
    }
    for (const { item } of commit.items) this.keep(item);
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.userRecords.get(userText(key)));
  }

  async pending(partition: number, max: number): Promise<readonly OutgoingEvent[]> {
    return this.byPartition[partition]!.outgoing.slice(0, max);
  }

  async sent(partition: number, upTo: number): Promise<void> {
    const own = this.byPartition[partition]!;
    own.outgoing = own.outgoing.filter(({ position }) => position > upTo);
  }

  async *statistics(partition: number): AsyncIterable<ItemRow> {
    yield* this.byPartition[partition]!.statistics.values();
  }

  async changedAfter(partition: number, position: number): Promise<{ readonly keys: readonly ItemKey[]; readonly position: number }> {
    const changed = [...this.byPartition[partition]!.statistics.values()].filter(({ end }) => end > position);
    return { keys: changed.map(({ key }) => key), position: Math.max(position, ...changed.map(({ end }) => end)) };
  }

  async totals(keys: readonly ItemKey[]): Promise<readonly Float64Array[]> {
    return keys.map((key) => {
      const total = emptyStatistics();
      for (const { statistics } of this.byPartition) combineStatistics(total, 0, statistics.get(itemText(key))?.row ?? NOTHING, 0);
      return total;
    });
  }

  async itemsByOrdinal(tenant: string, ordinals: ArrayLike<number>): Promise<readonly (StoredItem | undefined)[]> {
    return Array.from(ordinals, (ordinal) => this.tenants.get(tenant)?.get(ordinal));
  }

  async itemsByHash(keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]> {
    return keys.map((key) => this.items.get(itemText(key)));
  }

  async ordinals(keys: readonly ItemKey[]): Promise<Int32Array> {
    return Int32Array.from(keys, (key) => this.items.get(itemText(key))?.ordinal ?? -1);
  }

  async listItems(tenant: string, fromOrdinal: number, max: number): Promise<readonly StoredItem[]> {
    return this.ofTenant(tenant).filter(({ ordinal }) => ordinal >= fromOrdinal).sort((a, b) => a.ordinal - b.ordinal).slice(0, max);
  }

  async changedItems(tenant: string, partition: number, { after, max }: { readonly after: number; readonly max: number }): Promise<readonly StoredItem[]> {
    return this.ofTenant(tenant).filter(({ ordinal, sequence }) => partitionOfOrdinal(ordinal) === partition && sequence > after)
      .sort((a, b) => a.sequence - b.sequence).slice(0, max);
  }

  async close(): Promise<void> {}

  private keep(item: StoredItem): void {
    this.items.set(itemText({ tenant: item.tenant, ...hash64(item.id) }), item);
    const others = this.tenants.get(item.tenant);
    if (others === undefined) this.tenants.set(item.tenant, new Map([[item.ordinal, item]]));
    else others.set(item.ordinal, item);
  }

  private ofTenant(tenant: string): StoredItem[] {
    return [...(this.tenants.get(tenant)?.values() ?? [])];
  }
}

/** Somebody else has applied records of this partition. */
export function staleOwner(partition: number, cursor: number, expectedCursor: number): DomainError {
  return new DomainError('ABORTED', 'STALE_OWNER', `Partition ${partition} is at ${cursor}, not at ${expectedCursor}: somebody else has applied records.`);
}
