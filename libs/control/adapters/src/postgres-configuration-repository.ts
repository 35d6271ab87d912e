import type { AuditEntry, AuditPage, Configuration, ConfigurationRepository, Edit, Who } from '@serendip/control-domain';
import { isDomainError } from '@serendip/shared-errors';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { databaseFailure } from './database-failure.js';
import { migrations } from './migrations.js';
import type { Tables } from './tables.js';
import { readTenants, writeTenant } from './tenant-rows.js';

/** Held by whoever changes configuration, so that versions and audit have one order. */
const CHANGE_LOCK = 7_301_993;
const CONNECTIONS = 8;
const TIMEOUTS = { connectionTimeoutMillis: 2_000, statement_timeout: 5_000, query_timeout: 6_000, idle_in_transaction_session_timeout: 10_000 };

/** Configuration in Postgres. Brings the database to the newest schema before the first use, and after it was away. */
export class PostgresConfigurationRepository implements ConfigurationRepository {
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

  change<T>({ tenant: id, actor }: Who, edit: Edit<T>): Promise<T> {
    return this.guarded(() => this.db.transaction().execute(async (db) => {
      await sql`SELECT pg_advisory_xact_lock(${CHANGE_LOCK})`.execute(db);
      const [before] = await readTenants(db, id);
      const { tenant, audit: { action, subject, detail }, result } = edit(before);
      if (tenant === before) return result;
      await writeTenant(db, before, tenant);
      await db.insertInto('audit_entries').values({ tenant: id, at: sql`clock_timestamp()`, actor, action, subject, detail: JSON.stringify(detail) }).execute();
      await db.updateTable('configuration').set({ version: sql`version + 1` }).execute();
      return result;
    }));
  }

  read(): Promise<Configuration> {
    return this.guarded(() => this.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async (db) => ({
      version: await versionIn(db), tenants: await readTenants(db),
    })));
  }

  version(): Promise<number> {
    return this.guarded(() => versionIn(this.db));
  }

  audit(tenant: string, { before, max }: AuditPage): Promise<readonly AuditEntry[]> {
    return this.guarded(async () => {
      const newest = this.db.selectFrom('audit_entries').selectAll().where('tenant', '=', tenant).orderBy('id', 'desc').limit(max);
      const entries = await (before === undefined ? newest : newest.where('id', '<', String(before))).execute();
      return entries.map(({ id, at, actor, action, subject, detail }) => ({ id: Number(id), atMs: at.getTime(), actor, action, subject, detail }));
    });
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      await (this.migrated ??= this.migrate());
      return await work();
    } catch (error) {
      const failure = databaseFailure(error);
      // It may come back as another one, from a backup for example.
      if (isDomainError(failure) && failure.code === 'UNAVAILABLE') this.migrated = undefined;
      throw failure;
    }
  }

  /** One process at a time: the migrator holds an advisory lock. */
  private async migrate(): Promise<void> {
    const { error } = await new Migrator({ db: this.db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    if (error === undefined) return;
    this.migrated = undefined;
    throw error;
  }
}

async function versionIn(db: Kysely<Tables>): Promise<number> {
  const { version } = await db.selectFrom('configuration').select('version').executeTakeFirstOrThrow();
  return Number(version);
}
