import type { ApiKey, ModelAlias, ModelVersion, Placement, Shadow, Split, Tenant } from '@serendip/control-domain';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.js';

/** The tenants as they are, or the one with an id. */
export async function readTenants(db: Kysely<Tables>, only?: string): Promise<readonly Tenant[]> {
  const ids = only === undefined ? undefined : [only];
  const tenants = await db.selectFrom('tenants').selectAll().$if(ids !== undefined, (query) => query.where('id', 'in', ids!)).orderBy('id').execute();
  const of = tenants.map(({ id }) => id);
  if (of.length === 0) return [];
  const keys = groups(await db.selectFrom('api_keys').selectAll().where('tenant', 'in', of).orderBy('created_at').orderBy('id').execute());
  const placements = groups(await db.selectFrom('placements').selectAll().where('tenant', 'in', of).orderBy('name').execute());
  const splits = groups(await db.selectFrom('splits').selectAll().where('tenant', 'in', of).orderBy('name').execute());
  const shadows = groups(await db.selectFrom('shadows').selectAll().where('tenant', 'in', of).orderBy('placement').execute());
  const models = groups(await db.selectFrom('model_versions').selectAll().where('tenant', 'in', of).orderBy('name').orderBy('version').execute());
  const aliases = groups(await db.selectFrom('model_aliases').selectAll().where('tenant', 'in', of).orderBy('model').orderBy('alias').execute());
  return tenants.map(({ id, signing_key, rules, caps }) => ({
    id,
    rules,
    caps,
    signingKey: bytes(signing_key),
    keys: keys(id).map((row): ApiKey => ({ id: row.id, kind: row.kind, hash: bytes(row.hash), origins: row.origins, expiresAtMs: row.expires_at?.getTime() })),
    placements: placements(id).map((row): Placement => ({ ...row.definition, version: row.version })),
    splits: splits(id).map(({ name, placement, salt, arms }): Split => ({ name, placement, salt, arms })),
    shadows: shadows(id).map(({ placement, retriever, ranker, share }): Shadow => ({ placement, retriever, ranker, share })),
    models: models(id).map(({ name, version, kind, bundle, digest, metrics, checks, created_at }): ModelVersion => ({ name, version, kind, bundle, digest, metrics, checks, createdAtMs: created_at.getTime() })),
    aliases: aliases(id).map(({ model, alias, version, previous }): ModelAlias => ({ model, alias, version, previous })),
  }));
}

/** Writes what differs between a tenant as it was and as it is to be. What is the same object was not changed. */
export async function writeTenant(db: Transaction<Tables>, before: Tenant | undefined, after: Tenant): Promise<void> {
  const rules = { rules: JSON.stringify(after.rules), caps: JSON.stringify(after.caps) };
  if (before === undefined) await db.insertInto('tenants').values({ id: after.id, signing_key: Buffer.from(after.signingKey), ...rules }).execute();
  else if (before.rules !== after.rules || before.caps !== after.caps) await db.updateTable('tenants').set(rules).where('id', '=', after.id).execute();
  for (const remove of collections.map(({ removed }) => removed).reverse()) await remove(db, before, after);
  for (const { changed } of collections) await changed(db, before, after);
}

type Write = (db: Transaction<Tables>, before: Tenant | undefined, after: Tenant) => Promise<void>;

interface Rows<T> {
  readonly of: (tenant: Tenant) => readonly T[];
  readonly id: (item: T) => string;
  readonly put: (db: Transaction<Tables>, tenant: string, item: T) => Promise<unknown>;
  readonly remove: (db: Transaction<Tables>, tenant: string, item: T) => Promise<unknown>;
}

function rows<T>({ of, id, put, remove }: Rows<T>): { readonly removed: Write; readonly changed: Write } {
  const items = (tenant: Tenant | undefined): readonly T[] => (tenant === undefined ? [] : of(tenant));
  return {
    async removed(db, before, after) {
      const kept = new Set(items(after).map(id));
      for (const item of items(before)) if (!kept.has(id(item))) await remove(db, after.id, item);
    },
    async changed(db, before, after) {
      const known = new Set(items(before));
      for (const item of items(after)) if (!known.has(item)) await put(db, after.id, item);
    },
  };
}

/** In the order of their references: splits and shadows refer to placements, aliases to model versions. */
const collections = [
  rows<ApiKey>({
    of: ({ keys }) => keys,
    id: ({ id }) => id,
    put(db, tenant, { id, kind, hash, origins, expiresAtMs }) {
      const row = { tenant, id, kind, hash: Buffer.from(hash), origins: JSON.stringify(origins), expires_at: expiresAtMs === undefined ? null : new Date(expiresAtMs) };
      return db.insertInto('api_keys').values(row).onConflict((conflict) => conflict.columns(['tenant', 'id']).doUpdateSet(row)).execute();
    },
    remove: (db, tenant, { id }) => db.deleteFrom('api_keys').where('tenant', '=', tenant).where('id', '=', id).execute(),
  }),
  rows<Placement>({
    of: ({ placements }) => placements,
    id: ({ name }) => name,
    put(db, tenant, placement) {
      const row = { tenant, name: placement.name, version: placement.version, definition: JSON.stringify(placement) };
      return db.insertInto('placements').values(row).onConflict((conflict) => conflict.columns(['tenant', 'name']).doUpdateSet(row)).execute();
    },
    remove: (db, tenant, { name }) => db.deleteFrom('placements').where('tenant', '=', tenant).where('name', '=', name).execute(),
  }),
  rows<Split>({
    of: ({ splits }) => splits,
    id: ({ name }) => name,
    put(db, tenant, { name, placement, salt, arms }) {
      const row = { tenant, name, placement, salt, arms: JSON.stringify(arms) };
      return db.insertInto('splits').values(row).onConflict((conflict) => conflict.columns(['tenant', 'name']).doUpdateSet(row)).execute();
    },
    remove: (db, tenant, { name }) => db.deleteFrom('splits').where('tenant', '=', tenant).where('name', '=', name).execute(),
  }),
  rows<Shadow>({
    of: ({ shadows }) => shadows,
    id: ({ placement }) => placement,
    put(db, tenant, shadow) {
      const row = { tenant, ...shadow };
      return db.insertInto('shadows').values(row).onConflict((conflict) => conflict.columns(['tenant', 'placement']).doUpdateSet(row)).execute();
    },
    remove: (db, tenant, { placement }) => db.deleteFrom('shadows').where('tenant', '=', tenant).where('placement', '=', placement).execute(),
  }),
  rows<ModelVersion>({
    of: ({ models }) => models,
    id: ({ name, version }) => `${name}@${version}`,
    put(db, tenant, { name, version, kind, bundle, digest, metrics, checks, createdAtMs }) {
      const row = { tenant, name, version, kind, bundle, digest, metrics: JSON.stringify(metrics), checks: JSON.stringify(checks), created_at: new Date(createdAtMs) };
      return db.insertInto('model_versions').values(row).onConflict((conflict) => conflict.columns(['tenant', 'name', 'version']).doUpdateSet(row)).execute();
    },
    remove: (db, tenant, { name, version }) => db.deleteFrom('model_versions').where('tenant', '=', tenant).where('name', '=', name).where('version', '=', version).execute(),
  }),
  rows<ModelAlias>({
    of: ({ aliases }) => aliases,
    id: ({ model, alias }) => `${model}@${alias}`,
    put(db, tenant, { model, alias, version, previous }) {
      const row = { tenant, model, alias, version, previous };
      return db.insertInto('model_aliases').values(row).onConflict((conflict) => conflict.columns(['tenant', 'model', 'alias']).doUpdateSet(row)).execute();
    },
    remove: (db, tenant, { model, alias }) => db.deleteFrom('model_aliases').where('tenant', '=', tenant).where('model', '=', model).where('alias', '=', alias).execute(),
  }),
];

/** A view of its own memory: pg answers parts of a shared buffer. */
const bytes = (buffer: Buffer): Uint8Array => new Uint8Array(buffer);

function groups<R extends { readonly tenant: string }>(all: readonly R[]): (tenant: string) => readonly R[] {
  const byTenant = Map.groupBy(all, ({ tenant }) => tenant);
  return (tenant) => byTenant.get(tenant) ?? [];
}
