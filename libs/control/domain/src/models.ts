import { DomainError } from '@serendip/shared-errors';
import type { ModelAlias, ModelKind, ModelVersion, Tenant } from './configuration.js';
import { checkAliasName, checkModelName } from './names.js';
import type { Edit } from './repository.js';
import { ofTenant } from './tenants.js';

const DIGEST = /^[0-9a-f]{64}$/;
const BUNDLE = /^[A-Za-z0-9@_.=+-]+(\/[A-Za-z0-9@_.=+-]+)*$/;
const REFERENCE = /^([a-z0-9][a-z0-9-]{0,63})@([a-z0-9][a-z0-9_-]{0,63})$/;

/**
 * Registers a bundle as the model's next version, an integer from 1; what is registered already keeps its version. Throws
 * INVALID_ARGUMENT/NAME_INVALID or MODEL_INVALID, FAILED_PRECONDITION/MODEL_KIND_MISMATCH, NOT_FOUND/TENANT_UNKNOWN.
 */
export function registerModelVersion(candidate: Omit<ModelVersion, 'version'>): Edit<ModelVersion> {
  checkModel(candidate);
  const { name, kind, digest, metrics } = candidate;
  return ofTenant((tenant) => {
    const versions = tenant.models.filter((model) => model.name === name);
    if (versions.some((model) => model.kind !== kind)) {
      throw new DomainError('FAILED_PRECONDITION', 'MODEL_KIND_MISMATCH', `Model '${name}' is of kind ${versions[0]!.kind}, not ${kind}: give this one another name.`);
    }
    const registered = versions.find((model) => model.digest === digest);
    const version = registered?.version ?? Math.max(0, ...versions.map((model) => model.version)) + 1;
    const result = registered ?? { ...candidate, version };
    return {
      tenant: registered === undefined ? { ...tenant, models: [...tenant.models, result] } : tenant,
      audit: { action: 'model.register', subject: `${name}@${version}`, detail: { kind, digest, metrics } },
      result,
    };
  });
}

/**
 * Points an alias at a version; answers the version that it pointed at before, zero if none. Throws
 * INVALID_ARGUMENT/NAME_INVALID, NOT_FOUND/MODEL_UNKNOWN or TENANT_UNKNOWN.
 */
export function setAlias(alias: Omit<ModelAlias, 'previous'>, reason: string): Edit<number> {
  const { model: name, alias: pointer, version } = alias;
  checkAliasName(pointer);
  return ofTenant((tenant) => {
    if (!tenant.models.some((model) => model.name === name && model.version === version)) {
      throw new DomainError('NOT_FOUND', 'MODEL_UNKNOWN', `There is no version ${version} of model '${name}'.`);
    }
    const before = tenant.aliases.find((entry) => entry.model === name && entry.alias === pointer);
    const previous = before?.version ?? 0;
    const aliases = [...tenant.aliases.filter((entry) => entry !== before), { ...alias, previous }];
    return {
      tenant: previous === version ? tenant : { ...tenant, aliases },
      audit: { action: 'alias.set', subject: `${name}@${pointer}`, detail: { version, previousVersion: previous, reason } },
      result: previous,
    };
  });
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
  if (/^\d+$/.test(pointer!) && !versions.some(({ version }) => version === Number(pointer))) refuse('names a version that is not registered');
}

function checkModel({ name, bundle, digest, metrics }: Omit<ModelVersion, 'version'>): void {
  checkModelName(name);
  const refuse = (what: string): never => { throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `Model '${name}': ${what}.`); };
  if (!DIGEST.test(digest)) refuse('the digest must be a SHA-256, 64 hexadecimal digits');
  if (bundle.length > 512 || !BUNDLE.test(bundle) || bundle.split('/').includes('..')) refuse('the bundle must be a key prefix of the object store');
  for (const [metric, value] of Object.entries(metrics)) if (!Number.isFinite(value)) refuse(`the metric '${metric}' must be a finite number`);
}
