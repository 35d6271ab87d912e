import { NEW_PARTITION, staleOwner, type FoundState, type PartitionCommit, type PartitionHead, type PartitionStore, type WantedState } from '@serendip/features-domain';
import { DomainError } from '@serendip/shared-errors';
import { hash64 } from '@serendip/shared-identity';
import { bytesOf, float64sOf } from '@serendip/shared-layouts';
import { EventIndex, type Write } from './event-index.js';
import type { LmdbCatalogueReader } from './lmdb-catalogue-reader.js';
import type { StateTables } from './state-tables.js';

/**
 * A commit is one block of writes that LMDB's own thread does, if the head still has the cursor it began with; several
 * partitions' blocks may share a transaction and a flush.
 */
export class LmdbPartitionStore implements PartitionStore {
  private readonly index: EventIndex;

  constructor(private readonly tables: StateTables, private readonly catalogue: LmdbCatalogueReader) {
    this.index = new EventIndex(tables);
  }

  async head(partition: number): Promise<PartitionHead> {
    return this.tables.heads.get(partition) ?? NEW_PARTITION;
  }

  async find(partition: number, wanted: WantedState): Promise<FoundState> {
    const { heads, users, statistics, imports } = this.tables;
    return {
      head: heads.get(partition) ?? NEW_PARTITION,
      users: wanted.users.map(({ tenant, entity }) => users.get([partition, tenant, entity])),
      statistics: wanted.statistics.map(({ tenant, lo, hi }) => {
        const row = statistics.get([partition, tenant, hi, lo]);
        return row === undefined ? undefined : float64sOf(row);
      }),
      items: wanted.items.map((key) => this.catalogue.byHash(key)),
      events: wanted.events.map((hash) => this.index.hourOf(partition, hash)),
      imports: wanted.imports.map((id) => imports.get([partition, id])),
    };
  }

  async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    // A block that throws would be written up to there, so everything is made before it begins.
    const writes = [...this.recordWrites(partition, commit), ...this.itemWrites(partition, commit), ...this.index.writes(partition, commit.head, commit.events)];
    const { heads } = this.tables;
    const block = (): void => {
      for (const write of writes) write();
      void heads.put(partition, commit.head, commit.head.cursor);
    };
    if (await this.settled(expectedCursor === NEW_PARTITION.cursor ? heads.ifNoExists(partition, block) : heads.ifVersion(partition, expectedCursor, block))) return;
    throw staleOwner(partition, (await this.head(partition)).cursor, expectedCursor);
  }

  private async settled(committing: Promise<boolean>): Promise<boolean> {
    try {
      return await committing;
    } catch (cause) {
      disregardCommitError(cause);
      throw new DomainError('UNAVAILABLE', 'STATE_FAILED', 'The state store could not write: nothing of this batch was applied.', { cause });
    }
  }

  private *recordWrites(partition: number, commit: PartitionCommit): Iterable<Write> {
    const { users, statistics, imports, outbox } = this.tables;
    for (const { key: { tenant, entity }, record } of commit.users) {
      const key = [partition, tenant, entity];
      yield () => void (record === undefined ? users.remove(key) : users.put(key, asBuffer(record)));
    }
    for (const { key: { tenant, lo, hi }, row } of commit.statistics) yield () => void statistics.put([partition, tenant, hi, lo], asBuffer(bytesOf(row)));
    for (const { importId, cursor } of commit.imports) yield () => void imports.put([partition, importId], cursor);
    for (const { position, bytes } of commit.outgoing) yield () => void outbox.put([partition, position], asBuffer(bytes));
  }

  private *itemWrites(partition: number, commit: PartitionCommit): Iterable<Write> {
    const { items, ordinals, changes } = this.tables;
    for (const { item, replacedSequence } of commit.items) {
      const { tenant, ordinal, id, sequence } = item;
      const { lo, hi } = hash64(id);
      yield () => void items.put([tenant, ordinal], item);
      yield () => void ordinals.put([tenant, hi, lo], ordinal);
      if (replacedSequence !== undefined) yield () => void changes.remove([tenant, partition, replacedSequence]);
      yield () => void changes.put([tenant, partition, sequence], ordinal);
    }
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** lmdb rejects a second promise with the reason of a failed commit, which it has printed by then; unhandled it would end the process. */
function disregardCommitError(error: unknown): void {
  if (error instanceof Error && 'commitError' in error) Promise.resolve(error.commitError).catch(() => undefined);
}
