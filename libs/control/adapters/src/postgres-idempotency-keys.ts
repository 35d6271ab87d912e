import { IDEMPOTENCY, decide, type IdempotencyKeys, type IdempotentRequest, type KeptAnswer, type KeptKey, type KeysInUse } from '@serendip/control-domain';
import { sql, type Transaction } from 'kysely';
import type { PostgresDatabase } from './postgres-database.js';
import type { Tables } from './tables.js';

/** Held, with the tenant, by whoever reserves a key. */
const RESERVE_LOCK = 7_301_994;

/** Idempotency keys and their answers in Postgres. */
export class PostgresIdempotencyKeys implements IdempotencyKeys {
  constructor(private readonly database: PostgresDatabase) {}

  reserve(request: IdempotentRequest, nowMs: number): Promise<KeptAnswer | undefined> {
    const { tenant, key, fingerprint } = request;
    return this.database.use((all) => all.transaction().execute(async (db) => {
      await sql`SELECT pg_advisory_xact_lock(${RESERVE_LOCK}, hashtext(${tenant}))`.execute(db);
      await db.deleteFrom('idempotency_keys').where('tenant', '=', tenant).where('reserved_at', '<=', new Date(nowMs - IDEMPOTENCY.lastsMs)).execute();
      const decision = decide(await find(db, request), request, { nowMs, inUse: await inUse(db, tenant) });
      if (decision !== 'take') return decision;
      const row = { tenant, key, fingerprint: Buffer.from(fingerprint), reserved_at: new Date(nowMs) };
      await db.insertInto('idempotency_keys').values(row).onConflict((conflict) => conflict.columns(['tenant', 'key']).doUpdateSet(row)).execute();
      return undefined;
    }));
  }

  async keep({ tenant, key, fingerprint }: IdempotentRequest, { status, body }: KeptAnswer): Promise<void> {
    await this.database.use((db) => db.updateTable('idempotency_keys').set({ status, body: Buffer.from(body) })
      .where('tenant', '=', tenant).where('key', '=', key).where('fingerprint', '=', Buffer.from(fingerprint)).where('status', 'is', null).execute());
  }

  async release({ tenant, key, fingerprint }: IdempotentRequest): Promise<void> {
    await this.database.use((db) => db.deleteFrom('idempotency_keys')
      .where('tenant', '=', tenant).where('key', '=', key).where('fingerprint', '=', Buffer.from(fingerprint)).where('status', 'is', null).execute());
  }
}

async function find(db: Transaction<Tables>, { tenant, key }: IdempotentRequest): Promise<KeptKey | undefined> {
  const row = await db.selectFrom('idempotency_keys').selectAll().where('tenant', '=', tenant).where('key', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  const { fingerprint, reserved_at, status, body } = row;
  return { fingerprint, reservedAtMs: reserved_at.getTime(), answer: status === null ? undefined : { status, body: new Uint8Array(body ?? []) } };
}

async function inUse(db: Transaction<Tables>, tenant: string): Promise<KeysInUse> {
  const { count, bytes } = await db.selectFrom('idempotency_keys').where('tenant', '=', tenant)
    .select([sql<string>`count(*)`.as('count'), sql<string>`coalesce(sum(octet_length(body)), 0)`.as('bytes')]).executeTakeFirstOrThrow();
  return { count: Number(count), bytes: Number(bytes) };
}
