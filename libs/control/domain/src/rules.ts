import { DomainError } from '@serendip/shared-errors';
import type { Placement, Split } from './configuration.js';

const SOURCES = new Set(['personal', 'next', 'similar', 'trending', 'popular', 'new']);
const WINDOWS = new Set(['', '1d', '7d', '30d', 'all']);
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const REFERENCE = /^[a-z0-9][a-z0-9-]{0,63}@[a-z0-9][a-z0-9_-]{0,63}$/;

function invalid(reason: string, message: string): DomainError {
  return new DomainError('INVALID_ARGUMENT', reason, message);
}

function checkName(what: string, name: string): void {
  if (!NAME.test(name)) throw invalid('NAME_INVALID', `'${name}' is no ${what} name: lower-case letters, digits, dashes and underscores, at most 64.`);
}

function checkReference(what: string, reference: string): void {
  if (reference !== '' && !REFERENCE.test(reference)) throw invalid('MODEL_REFERENCE_INVALID', `${what} '${reference}' is neither model@alias nor model@version.`);
}

/** Throws INVALID_ARGUMENT/NAME_INVALID. */
export const checkTenantId = (id: string): void => checkName('tenant', id);

/** Throws INVALID_ARGUMENT that names the field, NAME_INVALID, PLACEMENT_INVALID or MODEL_REFERENCE_INVALID. */
export function checkPlacement({ name, sources, retriever, ranker, diversity, logShare, candidates, fallback, caps }: Placement): void {
  checkName('placement', name);
  const refuse = (what: string): never => { throw invalid('PLACEMENT_INVALID', `Placement '${name}': ${what}.`); };
  if (sources.length === 0) refuse('it needs a source');
  const names = new Set(sources.map((source) => source.name));
  if (names.size !== sources.length) refuse('a source stands there twice');
  for (const source of sources) {
    if (!SOURCES.has(source.name)) refuse(`there is no source '${source.name}'; known: ${[...SOURCES].join(', ')}`);
    if (!(source.limit >= 1 && source.limit <= 2000)) refuse(`the limit of source '${source.name}' must be 1 to 2000`);
    if (!WINDOWS.has(source.window)) refuse(`the window of source '${source.name}' must be 1d, 7d, 30d or all`);
  }
  if (fallback !== 'popular') refuse(`there is no fallback list '${fallback}'; known: popular`);
  if (!(diversity >= 0 && diversity <= 1)) refuse('diversity must be 0 to 1');
  if (!(logShare >= 0 && logShare <= 1)) refuse('logShare must be 0 to 1');
  if (!(candidates >= 1 && candidates <= 2000)) refuse('candidates must be 1 to 2000');
  // Rules that this release can't keep are refused, not ignored.
  if (diversity > 0) refuse('diversity is not available in this release');
  if (caps.length > 0) refuse('caps are not available in this release');
  checkReference('retriever', retriever);
  checkReference('ranker', ranker);
}

/** Throws INVALID_ARGUMENT/NAME_INVALID, SPLIT_INVALID or MODEL_REFERENCE_INVALID. */
export function checkSplit({ name, placement, arms }: Split): void {
  checkName('split', name);
  checkName('placement', placement);
  const refuse = (what: string): never => { throw invalid('SPLIT_INVALID', `Split '${name}': ${what}.`); };
  if (arms.length === 0) refuse('it needs an arm');
  if (new Set(arms.map((arm) => arm.name)).size !== arms.length) refuse('two arms have the same name');
  for (const arm of arms) {
    checkName('arm', arm.name);
    if (!(arm.percent >= 0 && arm.percent <= 100)) refuse(`the percentage of arm '${arm.name}' must be 0 to 100`);
    checkReference('retriever', arm.retriever);
    checkReference('ranker', arm.ranker);
  }
  const total = arms.reduce((sum, { percent }) => sum + percent, 0);
  if (total > 100 + 1e-9) refuse(`its arms have ${total} % together`);
}

/** Throws INVALID_ARGUMENT/NAME_INVALID. */
export function checkModelName(name: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) throw invalid('NAME_INVALID', `'${name}' is no model name: lower-case letters, digits and dashes, at most 64.`);
}

export const checkAliasName = (name: string): void => {
  checkName('alias', name);
  if (/^\d+$/.test(name)) throw invalid('NAME_INVALID', `'${name}' is no alias name: a number is a version.`);
};
