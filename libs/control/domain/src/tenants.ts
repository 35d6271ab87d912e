import { DomainError } from '@serendip/shared-errors';
import type { Tenant } from './configuration.js';
import { DEFAULT_PLACEMENTS } from './default-placements.js';
import { checkName } from './names.js';
import type { Edit, Edited } from './repository.js';

/** Creates a tenant with its placements, or finds it. Throws INVALID_ARGUMENT/NAME_INVALID. */
export function createTenant(id: string, signingKey: Uint8Array): Edit<Tenant> {
  checkName('tenant', id);
  return (known) => {
    const tenant = known ?? { id, signingKey, keys: [], rules: [], caps: [], placements: DEFAULT_PLACEMENTS, splits: [], shadows: [], models: [], aliases: [] };
    return { tenant, audit: { action: 'tenant.create', subject: id, detail: {} }, result: tenant };
  };
}

/** An edit of a tenant that must be there: throws NOT_FOUND/TENANT_UNKNOWN. */
export function ofTenant<T>(edit: (tenant: Tenant) => Edited<T>): Edit<T> {
  return (tenant) => {
    if (tenant === undefined) throw new DomainError('NOT_FOUND', 'TENANT_UNKNOWN', 'There is no such tenant: create it first.');
    return edit(tenant);
  };
}
