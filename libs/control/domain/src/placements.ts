import { DomainError, knownNames } from '@serendip/shared-errors';
import type { Placement, PlacementSource, Tenant } from './configuration.js';
import { checkExploration } from './exploration.js';
import { checkReference } from './models.js';
import { checkName } from './names.js';
import type { Edit } from './repository.js';
import { checkCaps, checkRules, type Refuse } from './rules.js';
import { ofTenant } from './tenants.js';

const SOURCES: readonly string[] = ['personal', 'next', 'similar', 'trending', 'popular', 'new'];
const WINDOWS: readonly string[] = ['', '1d', '7d', '30d', 'all'];
const EVENT_TYPE = /^[a-z0-9_.-]{1,64}$/;
const MOST_CANDIDATES = 2000;
const MOST_TIMEOUT_MS = 10_000;

/**
 * Changes a placement or adds one; answers it with its new version, the old one's plus 1. Throws INVALID_ARGUMENT/NAME_INVALID,
 * PLACEMENT_INVALID or MODEL_REFERENCE_INVALID, NOT_FOUND/TENANT_UNKNOWN.
 */
export function putPlacement(given: Placement): Edit<Placement> {
  checkPlacement(given);
  return ofTenant((tenant) => {
    checkReference(tenant, 'retriever', given.retriever);
    checkReference(tenant, 'ranker', given.ranker);
    const before = tenant.placements.find(({ name }) => name === given.name);
    const placement = { ...given, version: (before?.version ?? 0) + 1 };
    return {
      tenant: { ...tenant, placements: [...tenant.placements.filter((entry) => entry !== before), placement] },
      audit: { action: 'placement.put', subject: placement.name, detail: placement },
      result: placement,
    };
  });
}

/** Throws NOT_FOUND/PLACEMENT_UNKNOWN unless there is one of that name, saying which there are. */
export function requirePlacement({ placements }: Tenant, name: string): void {
  if (placements.some((placement) => placement.name === name)) return;
  throw new DomainError('NOT_FOUND', 'PLACEMENT_UNKNOWN', `There is no placement '${name}'. ${knownNames(placements.map((placement) => placement.name))}`);
}

/** Checks what a placement says, but neither which models there are nor what its expressions say. Throws INVALID_ARGUMENT/NAME_INVALID or PLACEMENT_INVALID. */
export function checkPlacement({ name, sources, hideAfter, objective, diversity, impressionDiscount = 1, exploration, rules, caps, fill, fallback, logShare, candidates }: Placement): void {
  checkName('placement', name);
  const refuse: Refuse = (what) => { throw new DomainError('INVALID_ARGUMENT', 'PLACEMENT_INVALID', `Placement '${name}': ${what}.`); };
  checkSources(sources, refuse);
  for (const type of hideAfter) if (!EVENT_TYPE.test(type)) refuse(`'${type}' in hideAfter is no event type`);
  if (hideAfter.includes('impression')) refuse('an impression hides nothing: impressionDiscount below 1 makes lists rotate');
  for (const { head, weight } of objective) if (head === '' || !Number.isFinite(weight)) refuse(`the objective needs a head and a finite weight, not '${head}' and ${weight}`);
  if (new Set(objective.map(({ head }) => head)).size !== objective.length) refuse('a head stands in the objective twice');
  if (fallback !== 'popular') refuse(`there is no fallback list '${fallback}'; known: popular`);
  if (!(diversity >= 0 && diversity <= 1)) refuse('diversity must be 0 to 1');
  if (!(impressionDiscount >= 0 && impressionDiscount <= 1)) refuse('impressionDiscount must be 0 to 1');
  if (!(logShare >= 0 && logShare <= 1)) refuse('logShare must be 0 to 1');
  if (!(candidates >= 1 && candidates <= MOST_CANDIDATES)) refuse(`candidates must be 1 to ${MOST_CANDIDATES}`);
  if (fill !== 'fill-up' && fill !== 'strict') refuse('fill must be fill-up or strict');
  checkExploration(exploration, refuse);
  checkRules(rules, refuse);
  checkCaps(caps, refuse);
}

function checkSources(sources: readonly PlacementSource[], refuse: Refuse): void {
  if (sources.length === 0) refuse('it needs a source');
  if (new Set(sources.map(({ name }) => name)).size !== sources.length) refuse('a source stands there twice');
  for (const { name, limit, timeoutMs, window } of sources) {
    if (!SOURCES.includes(name)) refuse(`there is no source '${name}'; known: ${SOURCES.join(', ')}`);
    if (!(limit >= 1 && limit <= MOST_CANDIDATES)) refuse(`the limit of source '${name}' must be 1 to ${MOST_CANDIDATES}`);
    if (!(timeoutMs >= 0 && timeoutMs <= MOST_TIMEOUT_MS)) refuse(`the timeoutMs of source '${name}' must be 0 to ${MOST_TIMEOUT_MS}`);
    if (!WINDOWS.includes(window)) refuse(`the window of source '${name}' must be 1d, 7d, 30d or all`);
  }
}
