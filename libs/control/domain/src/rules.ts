import { DomainError } from '@serendip/shared-errors';
import type { Cap, Rule, Tenant } from './configuration.js';
import { checkName } from './names.js';
import type { Edit } from './repository.js';
import { ofTenant } from './tenants.js';

export type Refuse = (what: string) => never;

export type TenantRules = Pick<Tenant, 'rules' | 'caps'>;

/** A tenant's, a placement's and a request's together are 64 filters at most to the search. */
const MOST_RULES = 30;
/** A tenant's and a placement's together have a bit each on the way to the index. */
const MOST_PINS = 8;
const MOST_CAPS = 16;
const MOST_TEXT = 2000;
const MOST_SLOT = 200;
const MOST_WINDOW = 2000;

/** Replaces the rules and caps of every placement. Throws INVALID_ARGUMENT/NAME_INVALID or RULES_INVALID, NOT_FOUND/TENANT_UNKNOWN. */
export function putRules({ rules, caps }: TenantRules): Edit<TenantRules> {
  const refuse: Refuse = (what) => { throw new DomainError('INVALID_ARGUMENT', 'RULES_INVALID', `The tenant's rules: ${what}.`); };
  checkRules(rules, refuse);
  checkCaps(caps, refuse);
  return ofTenant((tenant) => ({ tenant: { ...tenant, rules, caps }, audit: { action: 'rules.put', subject: 'tenant', detail: { rules, caps } }, result: { rules, caps } }));
}

/** Checks the shape of rules; their expressions are checked where the catalogue is known. Throws INVALID_ARGUMENT/NAME_INVALID besides. */
export function checkRules(rules: readonly Rule[], refuse: Refuse): void {
  if (rules.length > MOST_RULES) refuse(`there may be ${MOST_RULES} rules at most`);
  if (new Set(rules.map(({ name }) => name)).size !== rules.length) refuse('two rules have the same name');
  if (rules.filter(({ pin }) => pin !== undefined).length > MOST_PINS) refuse(`there may be ${MOST_PINS} pins at most`);
  for (const { name, when, filter, boost, pin } of rules) {
    checkName('rule', name);
    if (filter === '' && boost === '' && pin === undefined) refuse(`rule '${name}' does nothing: it needs a filter, a boost or a pin`);
    if (pin?.expression === '') refuse(`the pin of rule '${name}' needs an expression`);
    if (pin !== undefined && !isCount(pin.slot, MOST_SLOT)) refuse(`the slot of rule '${name}' must be 1 to ${MOST_SLOT}`);
    for (const text of [when, filter, boost, pin?.expression ?? '']) if (text.length > MOST_TEXT) refuse(`an expression of rule '${name}' has more than ${MOST_TEXT} characters`);
  }
}

export function checkCaps(caps: readonly Cap[], refuse: Refuse): void {
  if (caps.length > MOST_CAPS) refuse(`there may be ${MOST_CAPS} caps at most`);
  if (new Set(caps.map(({ group }) => group)).size !== caps.length) refuse('two caps have the same group');
  for (const { group, limit, window } of caps) {
    if (group === '' || group.length > 64) refuse('a cap needs a group of 1 to 64 characters');
    if (!isCount(limit, MOST_WINDOW)) refuse(`the limit of cap '${group}' must be 1 to ${MOST_WINDOW}`);
    if (!isCount(window, MOST_WINDOW)) refuse(`the window of cap '${group}' must be 1 to ${MOST_WINDOW}`);
  }
}

const isCount = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most;
