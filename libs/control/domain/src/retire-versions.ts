import type { ModelVersion, Tenant } from './configuration.js';
import type { Edit } from './repository.js';
import { ofTenant } from './tenants.js';

/** So many of a model's newest versions are kept, whatever points at them. */
const KEPT = 10;

/**
 * Forgets versions of a model that are neither among its newest 10 nor pointed at: by an alias, as the version that an alias pointed at before (which
 * one may want back), by a placement, a split or a shadow. Answers what was forgotten; numbers are not given again. Throws NOT_FOUND/TENANT_UNKNOWN.
 */
export function retireVersions(name: string): Edit<readonly ModelVersion[]> {
  return ofTenant((tenant) => {
    const versions = tenant.models.filter((model) => model.name === name).sort((a, b) => b.version - a.version);
    const wanted = wantedVersions(tenant, name);
    const retired = versions.slice(KEPT).filter(({ version }) => !wanted.has(version));
    return {
      tenant: retired.length === 0 ? tenant : { ...tenant, models: tenant.models.filter((model) => !retired.includes(model)) },
      audit: { action: 'model.retire', subject: name, detail: { versions: retired.map(({ version }) => version) } },
      result: retired,
    };
  });
}

function wantedVersions({ aliases, placements, splits, shadows }: Tenant, name: string): ReadonlySet<number> {
  const references = [...placements, ...splits.flatMap(({ arms }) => arms), ...shadows].flatMap(({ retriever, ranker }) => [retriever, ranker]);
  return new Set([
    ...aliases.filter(({ model }) => model === name).flatMap(({ version, previous }) => [version, previous]),
    ...references.filter((reference) => reference.startsWith(`${name}@`)).map((reference) => Number(reference.slice(name.length + 1))),
  ]);
}
