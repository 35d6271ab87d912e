import {
  NEW_PARTITION, type FoundState, type ImportCursor, type ItemKey, type PartitionCommit, type PartitionHead, type PartitionStore, type StateReader, type StateStore,
  type StoredItem, type UserKey, type WantedState,
} from '@serendip/features-domain';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS, hash64, partitionOfOrdinal, type Hash64 } from '@serendip/shared-identity';

const itemText = ({ tenant, lo, hi }: ItemKey): string => `${tenant}\0${hi}.${lo}`;
const userText = ({ tenant, entity }: UserKey): string => `${tenant}\0${entity}`;
const hashText = ({ lo, hi }: Hash64): string => `${hi}.${lo}`;

class MemoryPartition {
  head: PartitionHead = NEW_PARTITION;
  readonly statistics = new Map<string, { key: ItemKey; row: Float64Array }>();
  readonly events = new Set<string>();
  readonly imports = new Map<string, ImportCursor>();
}

/** State in this process's memory: for tests, and for replays that nobody needs to keep. */
export class MemoryStateStore implements StateStore, PartitionStore, StateReader {
  readonly partitions = this;
  readonly reader = this;
  private readonly byPartition = Array.from({ length: PARTITIONS }, () => new MemoryPartition());
  private readonly userRecords = new Map<string, Uint8Array>();
  private readonly items = new Map<string, StoredItem>();

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
      events: wanted.events.map((hash) => events.has(hashText(hash))),
      imports: wanted.imports.map((id) => imports.get(id)),
    };
  }

  async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    const own = this.byPartition[partition]!;
    if (own.head.cursor !== expectedCursor) {
      throw new DomainError('ABORTED', 'STALE_OWNER', `Partition ${partition} is at ${own.head.cursor}, not at ${expectedCursor}: somebody else has applied records.`);
    }
    own.head = commit.head;
    for (const { key, record } of commit.users) this.userRecords.set(userText(key), record);
    for (const entry of commit.statistics) own.statistics.set(itemText(entry.key), entry);
    for (const { item } of commit.items) this.items.set(itemText({ tenant: item.tenant, ...hash64(item.id) }), item);
    for (const hash of commit.events) own.events.add(hashText(hash));
    for (const { importId, cursor } of commit.imports) own.imports.set(importId, cursor);
  }

  async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.userRecords.get(userText(key)));
  }

  async itemsByOrdinal(tenant: string, ordinals: ArrayLike<number>): Promise<readonly (StoredItem | undefined)[]> {
    const byOrdinal = new Map(this.ofTenant(tenant).map((item) => [item.ordinal, item]));
    return Array.from(ordinals, (ordinal) => byOrdinal.get(ordinal));
  }

  async itemsByHash(keys: readonly ItemKey[]): Promise<readonly (StoredItem | undefined)[]> {
    return keys.map((key) => this.items.get(itemText(key)));
  }

  async listItems(tenant: string, fromOrdinal: number, max: number): Promise<readonly StoredItem[]> {
    return this.ofTenant(tenant).filter(({ ordinal }) => ordinal >= fromOrdinal).sort((a, b) => a.ordinal - b.ordinal).slice(0, max);
  }

  async changedItems(tenant: string, partition: number, { after, max }: { readonly after: number; readonly max: number }): Promise<readonly StoredItem[]> {
    return this.ofTenant(tenant).filter(({ ordinal, sequence }) => partitionOfOrdinal(ordinal) === partition && sequence > after)
      .sort((a, b) => a.sequence - b.sequence).slice(0, max);
  }

  async *statistics(): AsyncIterable<{ readonly key: ItemKey; readonly row: Float64Array }> {
    for (const { statistics } of this.byPartition) yield* statistics.values();
  }

  async close(): Promise<void> {}

  private ofTenant(tenant: string): StoredItem[] {
    return [...this.items.values()].filter((item) => item.tenant === tenant);
  }
}
