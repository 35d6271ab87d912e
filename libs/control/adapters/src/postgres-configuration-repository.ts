import type { AuditEntry, AuditPage, Configuration, ConfigurationRepository, Edit, Who } from '@serendip/control-domain';
import { sql, type Kysely } from 'kysely';
import type { PostgresDatabase } from './postgres-database.js';
import type { Tables } from './tables.js';
import { readTenants, writeTenant } from './tenant-rows.js';

/** Held by whoever changes configuration, so that versions and audit have one order. */
const CHANGE_LOCK = 7_301_993;

/** Configuration in Postgres. */
export class PostgresConfigurationRepository implements ConfigurationRepository {
  constructor(private readonly database: PostgresDatabase) {}

  change<T>({ tenant: id, actor }: Who, edit: Edit<T>): Promise<T> {
    return this.database.use((all) => all.transaction().execute(async (db) => {
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
    return this.database.use((all) => all.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async (db) => ({
      version: await versionIn(db), tenants: await readTenants(db),
    })));
  }

  version(): Promise<number> {
    return this.database.use(versionIn);
  }

  audit(tenant: string, { before, max }: AuditPage): Promise<readonly AuditEntry[]> {
    return this.database.use(async (db) => {
      const newest = db.selectFrom('audit_entries').selectAll().where('tenant', '=', tenant).orderBy('id', 'desc').limit(max);
      const entries = await (before === undefined ? newest : newest.where('id', '<', String(before))).execute();
      return entries.map(({ id, at, actor, action, subject, detail }) => ({ id: Number(id), atMs: at.getTime(), actor, action, subject, detail }));
    });
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}

async function versionIn(db: Kysely<Tables>): Promise<number> {
  const { version } = await db.selectFrom('configuration').select('version').executeTakeFirstOrThrow();
  return Number(version);
}
