import { DomainError } from '@serendip/shared-errors';
import type { Split, Tenant } from './configuration.js';
import { MOST_SHARE, isShare } from './exploration.js';
import { checkReference } from './models.js';
import { checkName } from './names.js';
import { requirePlacement } from './placements.js';
import type { Edit } from './repository.js';
import { ofTenant } from './tenants.js';

const MOST_SALT = 128;

/**
 * Changes a placement's split or adds one. Without a salt it keeps the one it has, or takes its name. Throws
 * INVALID_ARGUMENT/NAME_INVALID, SPLIT_INVALID or MODEL_REFERENCE_INVALID, NOT_FOUND/PLACEMENT_UNKNOWN or TENANT_UNKNOWN, and
 * ALREADY_EXISTS/SPLIT_EXISTS when the placement has another one, or the name is another placement's.
 */
export function putSplit(given: Split): Edit<Split> {
  checkSplit(given);
  return ofTenant((tenant) => {
    checkPlace(tenant, given);
    for (const { retriever, ranker } of given.arms) {
      checkReference(tenant, 'retriever', retriever);
      checkReference(tenant, 'ranker', ranker);
    }
    const before = tenant.splits.find(({ name }) => name === given.name);
    const split = { ...given, salt: given.salt || before?.salt || given.name };
    return {
      tenant: { ...tenant, splits: [...tenant.splits.filter((entry) => entry !== before), split] },
      audit: { action: 'split.put', subject: split.name, detail: split },
      result: split,
    };
  });
}

/** Ends a split. Throws NOT_FOUND/SPLIT_UNKNOWN or TENANT_UNKNOWN. */
export function deleteSplit(name: string): Edit<void> {
  return ofTenant((tenant) => {
    const splits = tenant.splits.filter((split) => split.name !== name);
    if (splits.length === tenant.splits.length) throw new DomainError('NOT_FOUND', 'SPLIT_UNKNOWN', `There is no split '${name}'.`);
    return { tenant: { ...tenant, splits }, audit: { action: 'split.delete', subject: name, detail: {} }, result: undefined };
  });
}

function checkSplit({ name, placement, salt, arms }: Split): void {
  checkName('split', name);
  checkName('placement', placement);
  const refuse = (what: string): never => { throw new DomainError('INVALID_ARGUMENT', 'SPLIT_INVALID', `Split '${name}': ${what}.`); };
  if (salt.length > MOST_SALT) refuse(`the salt may have ${MOST_SALT} characters at most`);
  if (arms.length === 0) refuse('it needs an arm');
  if (new Set(arms.map((arm) => arm.name)).size !== arms.length) refuse('two arms have the same name');
  for (const arm of arms) {
    checkName('arm', arm.name);
    if (!(arm.percent >= 0 && arm.percent <= 100)) refuse(`the percentage of arm '${arm.name}' must be 0 to 100`);
    if (!isHundredths(arm.percent)) refuse(`the percentage of arm '${arm.name}' must be a multiple of 0.01`);
    if (arm.explorationShare !== undefined && !isShare(arm.explorationShare)) refuse(`the explorationShare of arm '${arm.name}' must be 0 to ${MOST_SHARE}`);
  }
  const hundredths = arms.reduce((sum, { percent }) => sum + Math.round(percent * 100), 0);
  if (hundredths > 10_000) refuse(`its arms have ${hundredths / 100} % together`);
}

const isHundredths = (percent: number): boolean => Math.abs(percent * 100 - Math.round(percent * 100)) < 1e-6;

function checkPlace(tenant: Tenant, { name, placement }: Split): void {
  requirePlacement(tenant, placement);
  const sibling = tenant.splits.find((split) => (split.name === name) !== (split.placement === placement));
  if (sibling === undefined) return;
  const what = sibling.name === name ? `Split '${name}' is one of placement '${sibling.placement}'` : `Placement '${placement}' has the split '${sibling.name}' already`;
  throw new DomainError('ALREADY_EXISTS', 'SPLIT_EXISTS', `${what}: choose another name, or delete it first.`);
}
