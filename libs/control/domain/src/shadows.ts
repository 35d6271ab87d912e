import { DomainError } from '@serendip/shared-errors';
import type { Shadow } from './configuration.js';
import { checkReference } from './models.js';
import { requirePlacement } from './placements.js';
import type { Edit } from './repository.js';
import { ofTenant } from './tenants.js';

/**
 * Changes what shadows a placement, or begins it. Throws INVALID_ARGUMENT/SHADOW_INVALID or MODEL_REFERENCE_INVALID,
 * NOT_FOUND/PLACEMENT_UNKNOWN or TENANT_UNKNOWN.
 */
export function putShadow(shadow: Shadow): Edit<Shadow> {
  const { placement, retriever, ranker, share } = shadow;
  const refuse = (what: string): never => { throw new DomainError('INVALID_ARGUMENT', 'SHADOW_INVALID', `The shadow of placement '${placement}': ${what}.`); };
  if (!(share > 0 && share <= 1)) refuse('share must be above 0, at most 1');
  if (retriever === '' && ranker === '') refuse('it needs a retriever, a ranker, or both');
  return ofTenant((tenant) => {
    requirePlacement(tenant, placement);
    checkReference(tenant, 'retriever', retriever);
    checkReference(tenant, 'ranker', ranker);
    return {
      tenant: { ...tenant, shadows: [...tenant.shadows.filter((entry) => entry.placement !== placement), shadow] },
      audit: { action: 'shadow.put', subject: placement, detail: shadow },
      result: shadow,
    };
  });
}

/** Ends the shadow of a placement. Throws NOT_FOUND/PLACEMENT_UNKNOWN, SHADOW_UNKNOWN or TENANT_UNKNOWN. */
export function deleteShadow(placement: string): Edit<void> {
  return ofTenant((tenant) => {
    requirePlacement(tenant, placement);
    const shadows = tenant.shadows.filter((shadow) => shadow.placement !== placement);
    if (shadows.length === tenant.shadows.length) throw new DomainError('NOT_FOUND', 'SHADOW_UNKNOWN', `Placement '${placement}' has no shadow.`);
    return { tenant: { ...tenant, shadows }, audit: { action: 'shadow.delete', subject: placement, detail: {} }, result: undefined };
  });
}
