import { DomainError } from '@serendip/shared-errors';
import type { CheckState, ModelAlias, ModelCheck, ModelKind, ModelVersion, Tenant } from './configuration.js';
import { checkAliasName, checkModelName } from './names.js';
import type { Edit } from './repository.js';
import { ofTenant } from './tenants.js';

const DIGEST = /^[0-9a-f]{64}$/;
const BUNDLE = /^[A-Za-z0-9@_.=+-]+(\/[A-Za-z0-9@_.=+-]+)*$/;
const REFERENCE = /^([a-z0-9][a-z0-9-]{0,63})@([a-z0-9][a-z0-9_-]{0,63})$/;

/**
 * Registers a bundle as the model's next version, an integer from 1; what is registered already keeps its version, and is to be checked anew if it had
 * failed. Throws INVALID_ARGUMENT/NAME_INVALID or MODEL_INVALID, FAILED_PRECONDITION/MODEL_KIND_MISMATCH, NOT_FOUND/TENANT_UNKNOWN.
 */
export function registerModelVersion(candidate: Omit<ModelVersion, 'version' | 'checks'>): Edit<ModelVersion> {
  checkModel(candidate);
  const { name, kind, digest, metrics } = candidate;
  return ofTenant((tenant) => {
    const versions = tenant.models.filter((model) => model.name === name);
    if (versions.some((model) => model.kind !== kind)) {
      throw new DomainError('FAILED_PRECONDITION', 'MODEL_KIND_MISMATCH', `Model '${name}' is of kind ${versions[0]!.kind}, not ${kind}: give this one another name.`);
    }
    const registered = versions.find((model) => model.digest === digest);
    const version = registered?.version ?? Math.max(0, ...versions.map((model) => model.version)) + 1;
    const isKept = registered !== undefined && checkState(registered) !== 'failed';
    const result = isKept ? registered : { ...(registered ?? candidate), version, checks: [] };
    return {
      tenant: isKept ? tenant : { ...tenant, models: [...tenant.models.filter((model) => model !== registered), result] },
      audit: { action: 'model.register', subject: `${name}@${version}`, detail: { kind, digest, metrics } },
      result,
    };
  });
}

/** The check that says whether a version is worse than the champion: such a one may be tried, but takes over by force only. */
const EVALUATION = 'evaluation';
const CHAMPION = 'champion';

/** How the checks of a version stand: passed when there are some and none failed, but for the one against the champion. */
export function checkState({ checks }: Pick<ModelVersion, 'checks'>): CheckState {
  if (checks.length === 0) return 'pending';
  return checks.some(({ name, outcome }) => outcome === 'failed' && name !== EVALUATION) ? 'failed' : 'passed';
}

/** Keeps what the checks of a version found. Throws INVALID_ARGUMENT/CHECKS_MISSING, NOT_FOUND/MODEL_UNKNOWN or TENANT_UNKNOWN. */
export function recordChecks({ model: name, version, checks }: { readonly model: string; readonly version: number; readonly checks: readonly ModelCheck[] }): Edit<CheckState> {
  if (checks.length === 0) throw new DomainError('INVALID_ARGUMENT', 'CHECKS_MISSING', 'There must be at least one check.');
  return ofTenant((tenant) => {
    const checked = { ...versionOf(tenant, name, version), checks };
    const state = checkState(checked);
    return {
      tenant: { ...tenant, models: tenant.models.map((model) => (model.name === name && model.version === version ? checked : model)) },
      audit: { action: 'model.check', subject: `${name}@${version}`, detail: { state, failed: checks.filter(({ outcome }) => outcome === 'failed').map(({ name: check }) => check) } },
      result: state,
    };
  });
}

export interface Pointing {
  readonly reason: string;
  /** Whatever the checks of the version say; needs a reason. */
  readonly force?: boolean;
}

/**
 * Points an alias at a version, and answers it with the version to go back to; nothing changes where it points there already. Throws
 * INVALID_ARGUMENT/NAME_INVALID or REASON_MISSING, FAILED_PRECONDITION/CHECKS_NOT_PASSED, NOT_FOUND/MODEL_UNKNOWN or TENANT_UNKNOWN.
 */
export function setAlias(alias: Omit<ModelAlias, 'previous'>, { reason, force = false }: Pointing): Edit<ModelAlias> {
  const { model: name, alias: pointer, version } = alias;
  checkAliasName(pointer);
  if (force && reason.trim() === '') throw new DomainError('INVALID_ARGUMENT', 'REASON_MISSING', 'Whoever uses force says why: give a reason.');
  return ofTenant((tenant) => {
    const target = versionOf(tenant, name, version);
    if (!force) refuseUnchecked(target, pointer);
    const before = tenant.aliases.find((entry) => entry.model === name && entry.alias === pointer);
    const result = before?.version === version ? before : { ...alias, previous: before?.version ?? 0 };
    return {
      tenant: result === before ? tenant : { ...tenant, aliases: [...tenant.aliases.filter((entry) => entry !== before), result] },
      audit: { action: 'alias.set', subject: `${name}@${pointer}`, detail: { version, previousVersion: result.previous, reason, ...(force ? { force, checks: checkState(target) } : {}) } },
      result,
    };
  });
}

/**
 * Points an alias at the version that it pointed at before, whatever its checks say: it has served. Throws FAILED_PRECONDITION/NO_PREVIOUS_VERSION,
 * NOT_FOUND/ALIAS_UNKNOWN or TENANT_UNKNOWN.
 */
export function rollBackAlias({ model, alias: pointer }: { readonly model: string; readonly alias: string }, reason: string): Edit<ModelAlias> {
  return ofTenant((tenant) => {
    const before = aliasOf(tenant, model, pointer);
    const { version, previous } = before;
    if (previous === 0) throw new DomainError('FAILED_PRECONDITION', 'NO_PREVIOUS_VERSION', `${model}@${pointer} has pointed at version ${version} only: there is nothing to go back to.`);
    const result = { ...before, version: previous, previous: version };
    return {
      tenant: { ...tenant, aliases: tenant.aliases.map((entry) => (entry === before ? result : entry)) },
      audit: { action: 'alias.rollback', subject: `${model}@${pointer}`, detail: { version: previous, previousVersion: version, reason } },
      result,
    };
  });
}

/**
 * Takes an alias away, so that nothing is pointed at by it: an item encoder without `champion` encodes nothing. Throws NOT_FOUND/ALIAS_UNKNOWN or TENANT_UNKNOWN, and FAILED_PRECONDITION/ALIAS_IN_USE
 * for the champion of a ranker or retriever, and for what a placement, a split or a shadow names.
 */
export function deleteAlias({ model, alias: pointer }: Pick<ModelAlias, 'model' | 'alias'>, reason: string): Edit<void> {
  return ofTenant((tenant) => {
    const before = aliasOf(tenant, model, pointer);
    refuseInUse(tenant, before);
    return {
      tenant: { ...tenant, aliases: tenant.aliases.filter((entry) => entry !== before) },
      audit: { action: 'alias.delete', subject: `${model}@${pointer}`, detail: { previousVersion: before.version, reason } },
      result: undefined,
    };
  });
}

function refuseInUse(tenant: Tenant, { model, alias, version }: ModelAlias): void {
  const refuse = (why: string): never => { throw new DomainError('FAILED_PRECONDITION', 'ALIAS_IN_USE', `${model}@${alias} can't be taken away: ${why}.`); };
  const { kind } = versionOf(tenant, model, version);
  if (alias === CHAMPION && kind !== 'item-encoder') refuse(`a ${kind}'s champion serves; point it at another version, or roll it back`);
  const names = ({ retriever, ranker }: { readonly retriever: string; readonly ranker: string }): boolean => [retriever, ranker].includes(`${model}@${alias}`);
  const placement = tenant.placements.find(names);
  if (placement !== undefined) refuse(`placement '${placement.name}' names it; change the placement first`);
  const split = tenant.splits.find(({ arms }) => arms.some(names));
  if (split !== undefined) refuse(`the split of placement '${split.placement}' names it; end the split first`);
  const shadow = tenant.shadows.find(names);
  if (shadow !== undefined) refuse(`the shadow of placement '${shadow.placement}' names it; end the shadow first`);
}

function aliasOf(tenant: Tenant, model: string, alias: string): ModelAlias {
  const found = tenant.aliases.find((entry) => entry.model === model && entry.alias === alias);
  if (found === undefined) throw new DomainError('NOT_FOUND', 'ALIAS_UNKNOWN', `There is no alias '${alias}' of a model '${model}'.`);
  return found;
}

function versionOf(tenant: Tenant, name: string, version: number): ModelVersion {
  const found = tenant.models.find((model) => model.name === name && model.version === version);
  if (found === undefined) throw new DomainError('NOT_FOUND', 'MODEL_UNKNOWN', `There is no version ${version} of model '${name}'.`);
  return found;
}

function refuseUnchecked(model: ModelVersion, pointer: string): void {
  const failed = model.checks.find(({ outcome }) => outcome === 'failed');
  if (checkState(model) === 'passed' && (failed === undefined || pointer !== CHAMPION)) return;
  const why = failed === undefined ? 'is still being checked: wait until it is' : `has failed its check '${failed.name}' (${failed.detail}): mend it and push it again`;
  throw new DomainError('FAILED_PRECONDITION', 'CHECKS_NOT_PASSED', `${model.name}@${model.version} ${why}, or use force and give a reason.`);
}

/**
 * Checks a placement's or an arm's reference: empty, model@alias (which may come to be later), or model@version, which must be
 * there. Throws INVALID_ARGUMENT/MODEL_REFERENCE_INVALID.
 */
export function checkReference(tenant: Tenant, kind: ModelKind, reference: string): void {
  if (reference === '') return;
  const refuse = (what: string): never => { throw new DomainError('INVALID_ARGUMENT', 'MODEL_REFERENCE_INVALID', `The ${kind} '${reference}' ${what}.`); };
  const [, name, pointer] = REFERENCE.exec(reference) ?? refuse('is neither model@alias nor model@version');
  const versions = tenant.models.filter((model) => model.name === name);
  const other = versions.find((model) => model.kind !== kind);
  if (other !== undefined) refuse(`is a model of kind ${other.kind}`);
  if (!/^\d+$/.test(pointer!)) return;
  const named = versions.find(({ version }) => version === Number(pointer)) ?? refuse('names a version that is not registered');
  if (checkState(named) !== 'passed') refuse(`has not passed its checks: \`serendip model show ${name}@${pointer}\` shows them; an alias can be pointed at it by force`);
}

function checkModel({ name, bundle, digest, metrics }: Omit<ModelVersion, 'version' | 'checks'>): void {
  checkModelName(name);
  const refuse = (what: string): never => { throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `Model '${name}': ${what}.`); };
  if (!DIGEST.test(digest)) refuse('the digest must be a SHA-256, 64 hexadecimal digits');
  if (bundle.length > 512 || !BUNDLE.test(bundle) || bundle.split('/').includes('..')) refuse('the bundle must be a key prefix of the object store');
  for (const [metric, value] of Object.entries(metrics)) if (!Number.isFinite(value)) refuse(`the metric '${metric}' must be a finite number`);
}
