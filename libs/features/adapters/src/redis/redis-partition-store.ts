import { NEW_PARTITION, staleOwner, type FoundState, type PartitionCommit, type PartitionHead, type PartitionStore, type WantedState } from '@serendip/features-domain';
import { float64sOf } from '@serendip/shared-layouts';
import { COMMIT } from './commit.script.js';
import { commitArguments } from './commit-arguments.js';
import type { RedisCatalogueReader } from './redis-catalogue-reader.js';
import { BACKGROUND_MS, type Argument, type RedisConnection, type Reply } from './redis-connection.js';
import { HEAD_FIELDS, decodeImport, hashBytes, headOf, itemField, stateKeys } from './state-keys.js';

/** How long a commit is tried, in milliseconds: a primary that is gone has been replaced by then, as a rule. */
const COMMIT_MS = 10_000;

/**
 * A commit is one script on the keys of the partition's slot. It goes through if the cursor is the one it began with; one whose answer
 * was lost is tried again, and the cursor tells whether it had gone through.
 */
export class RedisPartitionStore implements PartitionStore {
  /** @param replicas how many must have a commit before it resolves */
  constructor(private readonly connection: RedisConnection, private readonly catalogue: RedisCatalogueReader, private readonly replicas: number) {}

  async head(partition: number): Promise<PartitionHead> {
    return this.connection.within(BACKGROUND_MS, () => this.readHead(partition));
  }

  async find(partition: number, wanted: WantedState): Promise<FoundState> {
    return this.connection.within(BACKGROUND_MS, async () => {
      const [head, users, statistics, items, events, imports] = await Promise.all([
        this.readHead(partition),
        this.ask('MGET', [], wanted.users.map((key) => stateKeys.user(partition, key))),
        this.ask('HMGET', [stateKeys.statistics(partition)], wanted.statistics.map(itemField)),
        this.catalogue.itemsOf(partition, wanted.items),
        this.ask('ZMSCORE', [stateKeys.events(partition)], wanted.events.map(hashBytes)),
        this.ask('HMGET', [stateKeys.imports(partition)], wanted.imports),
      ]);
      return {
        head, items,
        users: users.map((record) => (record as Buffer | null) ?? undefined),
        statistics: statistics.map((row) => (row === null ? undefined : float64sOf(row as Buffer))),
        events: events.map((hour) => (hour === null ? undefined : Number(hour))),
        imports: imports.map(decodeImport),
      };
    });
  }

  async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    const { keys, values } = commitArguments(partition, commit);
    await this.connection.within(COMMIT_MS, async (tries) => {
      const alreadyAt = tries === 0 ? '' : commit.head.cursor;
      const cursor = String(await this.connection.runScript(COMMIT, keys, [expectedCursor, alreadyAt, ...values], this.replicas));
      if (cursor !== '') throw staleOwner(partition, Number(cursor), expectedCursor);
    });
  }

  private async readHead(partition: number): Promise<PartitionHead> {
    return headOf(await this.ask('HMGET', [stateKeys.head(partition)], HEAD_FIELDS)) ?? NEW_PARTITION;
  }

  /** Values of a list of keys or fields, in order; nothing is sent for none. */
  private async ask(command: string, key: readonly string[], list: readonly Argument[]): Promise<readonly Reply[]> {
    return list.length === 0 ? [] : ((await this.connection.send(command, [...key, ...list])) as readonly Reply[]);
  }
}
