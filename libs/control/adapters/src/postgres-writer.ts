import type { ApiKey, ConfigurationWriter, ModelAlias, ModelVersion, Placement, Split } from '@serendip/control-domain';
import type { Transaction } from 'kysely';
import type { Tables } from './tables.js';

/** Changes within one Postgres transaction. */
export class PostgresWriter implements ConfigurationWriter {
  constructor(private readonly db: Transaction<Tables>) {}

  async addTenant(id: string, signingKey: Uint8Array): Promise<boolean> {
    const added = await this.db.insertInto('tenants').values({ id, signing_key: Buffer.from(signingKey) }).onConflict((conflict) => conflict.doNothing()).returning('id').executeTakeFirst();
    return added !== undefined;
  }

  async addKey(tenant: string, { id, kind, hash, origins, expiresAtMs }: ApiKey): Promise<void> {
    await this.db.insertInto('api_keys').values({
      tenant, id, kind, hash: Buffer.from(hash), origins: JSON.stringify(origins), expires_at: expiresAtMs === undefined ? null : new Date(expiresAtMs),
    }).execute();
  }

  async removeKey(tenant: string, keyId: string): Promise<boolean> {
    const removed = await this.db.deleteFrom('api_keys').where('tenant', '=', tenant).where('id', '=', keyId).returning('id').executeTakeFirst();
    return removed !== undefined;
  }

  async putPlacement(tenant: string, placement: Placement): Promise<Placement> {
    const { version } = await this.db.insertInto('placements')
      .values({ tenant, name: placement.name, version: 1, definition: JSON.stringify(placement) })
      .onConflict((conflict) => conflict.columns(['tenant', 'name']).doUpdateSet((set) => ({ version: set('placements.version', '+', 1), definition: set.ref('excluded.definition') })))
      .returning('version').executeTakeFirstOrThrow();
    return { ...placement, version };
  }

  async putSplit(tenant: string, { name, placement, salt, arms }: Split): Promise<void> {
    await this.db.insertInto('splits').values({ tenant, name, placement, salt, arms: JSON.stringify(arms) })
      .onConflict((conflict) => conflict.columns(['tenant', 'name']).doUpdateSet((set) => ({ placement: set.ref('excluded.placement'), salt: set.ref('excluded.salt'), arms: set.ref('excluded.arms') })))
      .execute();
  }

  async removeSplit(tenant: string, name: string): Promise<boolean> {
    const removed = await this.db.deleteFrom('splits').where('tenant', '=', tenant).where('name', '=', name).returning('name').executeTakeFirst();
    return removed !== undefined;
  }

  async addModelVersion(tenant: string, { name, kind, bundle, digest, metrics, createdAtMs }: Omit<ModelVersion, 'version'>): Promise<ModelVersion> {
    const same = await this.db.selectFrom('model_versions').selectAll().where('tenant', '=', tenant).where('name', '=', name).where('digest', '=', digest).executeTakeFirst();
    if (same !== undefined) return { name, kind, bundle: same.bundle, digest, metrics, version: same.version, createdAtMs: same.created_at.getTime() };
    const newest = await this.db.selectFrom('model_versions').select('version').where('tenant', '=', tenant).where('name', '=', name).orderBy('version', 'desc').limit(1).executeTakeFirst();
    const version = (newest?.version ?? 0) + 1;
    await this.db.insertInto('model_versions').values({ tenant, name, version, kind, bundle, digest, metrics: JSON.stringify(metrics), created_at: new Date(createdAtMs) }).execute();
    return { name, kind, bundle, digest, metrics, version, createdAtMs };
  }

  async setAlias(tenant: string, { model, alias, version }: ModelAlias): Promise<number | undefined> {
    const known = await this.db.selectFrom('model_versions').select('version').where('tenant', '=', tenant).where('name', '=', model).where('version', '=', version).executeTakeFirst();
    if (known === undefined) return undefined;
    const before = await this.db.selectFrom('model_aliases').select('version').where('tenant', '=', tenant).where('model', '=', model).where('alias', '=', alias).executeTakeFirst();
    await this.db.insertInto('model_aliases').values({ tenant, model, alias, version })
      .onConflict((conflict) => conflict.columns(['tenant', 'model', 'alias']).doUpdateSet({ version })).execute();
    return before?.version ?? 0;
  }
}
