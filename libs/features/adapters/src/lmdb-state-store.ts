import { mkdirSync } from 'node:fs';
import {
  DEDUPE_HOURS, NEW_PARTITION, type FoundState, type ImportCursor, type ItemKey, type PartitionCommit, type PartitionHead, type PartitionStore, type StateReader,
  type StateStore, type StoredItem, type UserKey, type WantedState,
} from '@serendip/features-domain';
import { DomainError } from '@serendip/shared-errors';
import { hash64, partitionOf, type Entity } from '@serendip/shared-identity';
import { bytesOf, float64sOf } from '@serendip/shared-layouts';
import { open, type Database, type RootDatabase } from 'lmdb';

type Key = (string | number)[];

const EMPTY = Buffer.alloc(0);

/**
 * State in one LMDB environment. A commit is one transaction; commits of several partitions that are under way together share
 * it. LMDB writes a new root only after the pages it points at, so what is there after a crash is the state as of some
 * commit: cursor and records agree, and the log has the rest.
 */
export class LmdbStateStore implements StateStore, PartitionStore, StateReader {
  readonly partitions = this;
  readonly reader = this;
  private readonly root: RootDatabase;
  private readonly heads: Database<PartitionHead, number>;
  private readonly userRecords: Database<Buffer, Key>;
  private readonly rows: Database<Buffer, Key>;
  private readonly items: Database<StoredItem, Key>;
  private readonly ordinals: Database<number, Key>;
  private readonly changes: Database<number, Key>;
  private readonly events: Database<number, Key>;
  private readonly eventHours: Database<Buffer, Key>;
  private readonly imports: Database<ImportCursor, Key>;

  constructor(path: string) {
    mkdirSync(path, { recursive: true });
    this.root = open({ path, maxDbs: 16, noMemInit: true });
    const records = { encoding: 'binary' } as const;
    this.heads = this.root.openDB('heads', {});
    this.userRecords = this.root.openDB('users', records);
    this.rows = this.root.openDB('statistics', records);
    this.items = this.root.openDB('items', {});
    this.ordinals = this.root.openDB('ordinals', {});
    this.changes = this.root.openDB('changes', {});
    this.events = this.root.openDB('events', {});
    this.eventHours = this.root.openDB('event-hours', records);
    this.imports = this.root.openDB('imports', {});
  }

  async head(partition: number): Promise<PartitionHead> {
    return this.heads.get(partition) ?? NEW_PARTITION;
  }

  async find(partition: number, wanted: WantedState): Promise<FoundState> {
    return {
      head: this.heads.get(partition) ?? NEW_PARTITION,
      users: wanted.users.map((key) => this.user(key, partition)),
      statistics: wanted.statistics.map(({ tenant, lo, hi }) => {
        const row = this.rows.get([partition, tenant, hi, lo]);
        return row === undefined ? undefined : float64sOf(row);
      }),
      items: wanted.items.map((key) => this.itemByHash(key)),
      events: wanted.events.map(({ lo, hi }) => this.events.get([partition, hi, lo]) !== undefined),
      imports: wanted.imports.map((id) => this.imports.get([partition, id])),
    };
  }

  async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    const done = await this.root.transaction(() => {
      const head = this.heads.get(partition) ?? NEW_PARTITION;
      if (head.cursor !== expectedCursor) return head.cursor;
      this.write(partition, head, commit);
      return undefined;
    });
    if (done !== undefined) {
      throw new DomainError('ABORTED', 'STALE_OWNER', `Partition ${partition} is at ${done}, not at ${expectedCursor}: somebody else has applied records.`);
    }
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.user(key, partitionOf(key.tenant, key.entity as Entity)));
  }

  async itemsByOrdinal(tenant: string, ordinals: ArrayLike<number>): Promise<readonly (StoredItem | undefined)[]> {
    return Array.from(ordinals, (ordinal) => this.items.get([tenant, ordinal]));
  }

  async itemsByHash(keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]> {
    return keys.map((key) => this.itemByHash(key));
  }

  async listItems(tenant: string, fromOrdinal: number, max: number): Promise<readonly StoredItem[]> {
    return [...this.items.getRange({ start: [tenant, fromOrdinal], end: [tenant, Infinity], limit: max })].map(({ value }) => value);
  }

  async changedItems(tenant: string, partition: number, { after, max }: { readonly after: number; readonly max: number }): Promise<readonly StoredItem[]> {
    const range = this.changes.getRange({ start: [tenant, partition, after + 1], end: [tenant, partition, Infinity], limit: max });
    return [...range].flatMap(({ value: ordinal }) => this.items.get([tenant, ordinal]) ?? []);
  }

  async *statistics(): AsyncIterable<{ readonly key: ItemKey; readonly row: Float64Array }> {
    for (const { key, value } of this.rows.getRange({})) {
      const [, tenant, hi, lo] = key as [number, string, number, number];
      yield { key: { tenant, lo, hi }, row: float64sOf(value) };
    }
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  private user({ tenant, entity }: UserKey, partition: number): Uint8Array | undefined {
    return this.userRecords.get([partition, tenant, entity]);
  }

  private itemByHash({ tenant, lo, hi }: ItemKey): StoredItem | undefined {
    const ordinal = this.ordinals.get([tenant, hi, lo]);
    return ordinal === undefined ? undefined : this.items.get([tenant, ordinal]);
  }

  private write(partition: number, before: PartitionHead, { head, users, statistics, items, events, imports }: PartitionCommit): void {
    for (const { key: { tenant, entity }, record } of users) void this.userRecords.put([partition, tenant, entity], asBuffer(record));
    for (const { key: { tenant, lo, hi }, row } of statistics) void this.rows.put([partition, tenant, hi, lo], asBuffer(bytesOf(row)));
    for (const { item, replacedSequence } of items) {
      const { lo, hi } = hash64(item.id);
      void this.items.put([item.tenant, item.ordinal], item);
      void this.ordinals.put([item.tenant, hi, lo], item.ordinal);
      if (replacedSequence !== undefined) void this.changes.remove([item.tenant, partition, replacedSequence]);
      void this.changes.put([item.tenant, partition, item.sequence], item.ordinal);
    }
    for (const { lo, hi } of events) {
      void this.events.put([partition, hi, lo], head.hour);
      void this.eventHours.put([partition, head.hour, hi, lo], EMPTY);
    }
    if (head.hour > before.hour) this.forget(partition, head.hour - DEDUPE_HOURS);
    for (const { importId, cursor } of imports) void this.imports.put([partition, importId], cursor);
    void this.heads.put(partition, head);
  }

  /** Drops what was received before an hour from the dedupe index. */
  private forget(partition: number, beforeHour: number): void {
    for (const { key } of this.eventHours.getRange({ start: [partition, 0], end: [partition, beforeHour] })) {
      const [, , hi, lo] = key as [number, number, number, number];
      void this.eventHours.remove(key);
      void this.events.remove([partition, hi, lo]);
    }
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Opens the state store of a URL: `lmdb:<directory>`. Throws INVALID_ARGUMENT/STATE_STORE_UNKNOWN for any other. */
export function openStateStore(url: string): StateStore {
  if (url.startsWith('lmdb:') && url.length > 'lmdb:'.length) return new LmdbStateStore(url.slice('lmdb:'.length));
  throw new DomainError('INVALID_ARGUMENT', 'STATE_STORE_UNKNOWN', `There is no state store for '${url}': use lmdb:<directory>.`);
}

