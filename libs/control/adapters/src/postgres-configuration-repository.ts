import type {
  ApiKey, AuditEntry, Change, Configuration, ConfigurationRepository, ConfigurationWriter, ModelKind, Placement, Split, Tenant,
} from '@serendip/control-domain';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { migrations } from './migrations.js';
import { PostgresWriter } from './postgres-writer.js';
import type { Tables } from './tables.js';

/** Serialises everything that changes configuration, so that versions and audit have one order. */
const CHANGE_LOCK = 7_301_993;
const CONNECT_TIMEOUT_MS = 2000;
const STATEMENT_TIMEOUT_MS = 5000;

// Everything jsonb is read back as the text it was written as: one place parses it.
const parsed = <T>(value: unknown): T => (typeof value === 'string' ? (JSON.parse(value) as T) : (value as T));

function unavailable(cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'The control database does not answer: changes wait until it does; services go on with what they know.', { cause });
}

/** Configuration in Postgres. */
export class PostgresConfigurationRepository implements ConfigurationRepository {
  private readonly db: Kysely<Tables>;

  /** @param onIdleError told of a connection that broke while no query ran on it. */
  constructor(url: string, onIdleError: (error: Error) => void) {
    const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: STATEMENT_TIMEOUT_MS });
    pool.on('error', onIdleError);
    // A connection may break while a transaction holds it and no query runs: without a listener that would end the process.
    pool.on('connect', (client) => client.on('error', onIdleError));
    this.db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  }

  /** Brings the database to the newest schema; several processes may try at once. */
  async migrate(): Promise<void> {
    const { error } = await new Migrator({ db: this.db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    if (error !== undefined) throw unavailable(error);
  }

  async change<T>({ tenant, actor, action, subject, detail }: Change, work: (writer: ConfigurationWriter) => Promise<T>): Promise<T> {
    return this.guarded(() => this.db.transaction().execute(async (transaction) => {
      await sql`SELECT pg_advisory_xact_lock(${CHANGE_LOCK})`.execute(transaction);
      const result = await work(new PostgresWriter(transaction));
      await transaction.insertInto('audit_entries').values({ tenant, actor, action, subject, detail: JSON.stringify(detail) }).execute();
      await sql`UPDATE configuration SET version = version + 1`.execute(transaction);
      return result;
    }));
  }

  async read(): Promise<Configuration> {
    return this.guarded(() => this.db.transaction().setIsolationLevel('repeatable read').execute(async (db) => {
      const { version } = await db.selectFrom('configuration').select('version').executeTakeFirstOrThrow();
      const [tenants, keys, placements, splits, models, aliases] = [
        await db.selectFrom('tenants').selectAll().orderBy('id').execute(),
        await db.selectFrom('api_keys').selectAll().orderBy('id').execute(),
        await db.selectFrom('placements').selectAll().orderBy('name').execute(),
        await db.selectFrom('splits').selectAll().orderBy('name').execute(),
        await db.selectFrom('model_versions').selectAll().orderBy('name').orderBy('version').execute(),
        await db.selectFrom('model_aliases').selectAll().orderBy('model').orderBy('alias').execute(),
      ];
      const own = <R extends { tenant: string }>(rows: readonly R[], tenant: string): R[] => rows.filter((row) => row.tenant === tenant);
      return {
        version: Number(version),
        tenants: tenants.map(({ id, signing_key }): Tenant => ({
          id,
          signingKey: signing_key,
          keys: own(keys, id).map((key): ApiKey => ({ id: key.id, kind: key.kind, hash: key.hash, origins: parsed(key.origins), expiresAtMs: key.expires_at?.getTime() })),
          placements: own(placements, id).map((placement) => ({ ...parsed<Placement>(placement.definition), version: placement.version })),
          splits: own(splits, id).map(({ name, placement, salt, arms }): Split => ({ name, placement, salt, arms: parsed(arms) })),
          models: own(models, id).map(({ name, version: number, kind, bundle, digest, metrics, created_at }) => ({
            name, version: number, kind: kind as ModelKind, bundle, digest, metrics: parsed(metrics), createdAtMs: created_at.getTime(),
          })),
          aliases: own(aliases, id).map(({ model, alias, version: number }) => ({ model, alias, version: number })),
        })),
      };
    }));
  }

  async version(): Promise<number> {
    return this.guarded(async () => Number((await this.db.selectFrom('configuration').select('version').executeTakeFirstOrThrow()).version));
  }

  async audit(tenant: string, { before, max }: { readonly before: number | undefined; readonly max: number }): Promise<readonly AuditEntry[]> {
    return this.guarded(async () => {
      const all = this.db.selectFrom('audit_entries').selectAll().where('tenant', '=', tenant).orderBy('id', 'desc').limit(max);
      const rows = await (before === undefined ? all : all.where('id', '<', String(before))).execute();
      return rows.map(({ id, at, actor, action, subject, detail }) => ({ id: Number(id), atMs: at.getTime(), actor, action, subject, detail: typeof detail === 'string' ? detail : JSON.stringify(detail) }));
    });
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  /** What the domain says passes; whatever the database says is that it can't be used now. */
  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isDomainError(error)) throw error;
      const { code } = error as { code?: string };
      if (code === '23503') throw new DomainError('NOT_FOUND', 'REFERENCE_UNKNOWN', 'This refers to a tenant, placement or model that is not there.', { cause: error });
      if (code === '23505') throw new DomainError('ALREADY_EXISTS', 'ALREADY_EXISTS', 'There is one already: a placement has one split at a time.', { cause: error });
      throw unavailable(error);
    }
  }
}
