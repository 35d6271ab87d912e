import { NEW_PARTITION, staleOwner, type FoundState, type PartitionCommit, type PartitionHead, type PartitionStore, type WantedState } from '@serendip/features-domain';
import { DomainError } from '@serendip/shared-errors';
import { float64sOf } from '@serendip/shared-layouts';
import { COMMIT } from './commit.script.js';
import { commitArguments } from './commit-arguments.js';
import type { LiveGenerations } from './live-generations.js';
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
  /** @param parts replicas: how many must have a commit before it resolves */
  constructor(private readonly parts: { readonly connection: RedisConnection; readonly live: LiveGenerations; readonly catalogue: RedisCatalogueReader; readonly replicas: number }) {}

  async head(partition: number): Promise<PartitionHead> {
    const { connection, live } = this.parts;
    return connection.within(BACKGROUND_MS, () => live.read(partition, (place) => this.readHead(place)));
  }

  async find(partition: number, wanted: WantedState): Promise<FoundState> {
    const { connection, live, catalogue } = this.parts;
    return connection.within(BACKGROUND_MS, () => live.readAll(partition, async () => {
      const [users, items, others] = await Promise.all([
        live.strings(wanted.users.map(() => partition), (place, i) => stateKeys.user(place, wanted.users[i]!)),
        catalogue.itemsOf(partition, wanted.items),
        live.read(partition, (place) => Promise.all([
          this.readHead(place),
          this.ask('HMGET', stateKeys.statistics(place), wanted.statistics.map(itemField)),
          this.ask('ZMSCORE', stateKeys.events(place), wanted.events.map(hashBytes)),
          this.ask('HMGET', stateKeys.imports(place), wanted.imports),
        ])),
      ]);
      const [head, statistics, events, imports] = others;
      return {
        head, items,
        users: users.map((record) => (record as Buffer | null) ?? undefined),
        statistics: statistics.map((row) => (row === null ? undefined : float64sOf(row as Buffer))),
        events: events.map((hour) => (hour === null ? undefined : Number(hour))),
        imports: imports.map(decodeImport),
      };
    }));
  }

  async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    const { connection, live, replicas } = this.parts;
    const { keys, values } = commitArguments(partition, live.of(partition), commit);
    await connection.within(COMMIT_MS, async (tries) => {
      const alreadyAt = tries === 0 ? '' : commit.head.cursor;
      const cursor = String(await connection.runScript(COMMIT, keys, [expectedCursor, alreadyAt, ...values], replicas));
      if (cursor === 'generation') throw await this.otherGeneration(partition, expectedCursor);
      if (cursor !== '') throw staleOwner(partition, Number(cursor), expectedCursor);
    });
  }

  /** Another generation is live: who follows goes on from there, who makes one has nothing to go on with. */
  private async otherGeneration(partition: number, expectedCursor: number): Promise<DomainError> {
    if (this.parts.live.isFixed) return new DomainError('ABORTED', 'REBUILD_ELSEWHERE', `The generation that is being made has been given up: partition ${partition} takes nothing more of it.`);
    const { cursor } = await this.head(partition);
    return staleOwner(partition, cursor, expectedCursor);
  }

  private async readHead(place: string): Promise<PartitionHead> {
    return headOf((await this.parts.connection.send('HMGET', [stateKeys.head(place), ...HEAD_FIELDS])) as readonly Reply[]) ?? NEW_PARTITION;
  }

  /** Values of fields of a key, in order; nothing is sent for none. */
  private async ask(command: string, key: string, fields: readonly Argument[]): Promise<readonly Reply[]> {
    return fields.length === 0 ? [] : ((await this.parts.connection.send(command, [key, ...fields])) as readonly Reply[]);
  }
}
