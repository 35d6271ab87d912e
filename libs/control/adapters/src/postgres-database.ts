import { isDomainError } from '@serendip/shared-errors';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { databaseFailure } from './database-failure.js';
import { migrations } from './migrations.js';
import type { Tables } from './tables.js';

const CONNECTIONS = 8;
const TIMEOUTS = { connectionTimeoutMillis: 2_000, statement_timeout: 5_000, query_timeout: 6_000, idle_in_transaction_session_timeout: 10_000 };

/** Control's database. Brought to the newest schema before the first use, and after it was away. */
export class PostgresDatabase {
  private readonly db: Kysely<Tables>;
  private migrated: Promise<void> | undefined;

  /** @param onLostConnection told of a connection that broke while no query ran on it. */
  constructor(url: string, onLostConnection: (error: Error) => void) {
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, ...TIMEOUTS });
    pool.on('error', onLostConnection);
    // A connection may break while a transaction holds it and no query runs: without a listener that would end the process.
    pool.on('connect', (client) => client.on('error', onLostConnection));
    this.db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  }

  /** What the work answers; its failure as callers hear of it. */
  async use<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    try {
      await (this.migrated ??= this.migrate());
      return await work(this.db);
    } catch (error) {
      const failure = databaseFailure(error);
      // It may come back as another one, from a backup for example.
      if (isDomainError(failure) && failure.code === 'UNAVAILABLE') this.migrated = undefined;
      throw failure;
    }
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  /** One process at a time: the migrator holds an advisory lock. */
  private async migrate(): Promise<void> {
    const { error } = await new Migrator({ db: this.db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    if (error === undefined) return;
    this.migrated = undefined;
    throw error;
  }
}
