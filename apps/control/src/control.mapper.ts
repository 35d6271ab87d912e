import { checkState } from '@serendip/control-domain';
import type {
  ApiKey, AuditEntry, Cap, CheckState, Configuration, Exploration, Fill, IdempotentRequest, KeptAnswer, KeyKind, ModelAlias, ModelCheck, ModelKind, ModelVersion, Placement, Rule, Shadow, Split, SplitArm, Tenant, TenantRules, Who,
} from '@serendip/control-domain';
import { control, create, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

type Init<S extends Parameters<typeof create>[0]> = MessageInitShape<S>;

const PAGE = { usual: 50, most: 200 };
const MOST_ACTOR = 256;
const UNKNOWN_ACTOR = 'unknown';

const modelKinds: Readonly<Record<ModelKind, control.ModelKind>> = {
  retriever: control.ModelKind.RETRIEVER, ranker: control.ModelKind.RANKER, 'item-encoder': control.ModelKind.ITEM_ENCODER,
};

const checkStates: Readonly<Record<CheckState, control.CheckState>> = {
  pending: control.CheckState.PENDING, passed: control.CheckState.PASSED, failed: control.CheckState.FAILED,
};

const checkOutcomes: Readonly<Record<ModelCheck['outcome'], control.CheckOutcome>> = {
  passed: control.CheckOutcome.PASSED, failed: control.CheckOutcome.FAILED, skipped: control.CheckOutcome.SKIPPED,
};

const keyKinds: Readonly<Record<KeyKind, control.KeyKind>> = { publishable: control.KeyKind.PUBLISHABLE, secret: control.KeyKind.SECRET };

const fills: Readonly<Record<Fill, control.Fill>> = { 'fill-up': control.Fill.FILL_UP, strict: control.Fill.STRICT };

const explorationWeights: Readonly<Record<Exploration['weights'], control.ExplorationWeights>> = {
  uniform: control.ExplorationWeights.UNIFORM, rank: control.ExplorationWeights.RANK,
};

const invalid = (reason: string, message: string): DomainError => new DomainError('INVALID_ARGUMENT', reason, message);

function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw invalid('FIELD_MISSING', `The field '${field}' is missing.`);
  return value;
}

/** Throws INVALID_ARGUMENT/ACTOR_INVALID. */
export function whoOf({ tenant, actor }: Who): Who {
  if (actor.length > MOST_ACTOR) throw invalid('ACTOR_INVALID', `The actor may have ${MOST_ACTOR} characters at most.`);
  return { tenant, actor: actor || UNKNOWN_ACTOR };
}

/** Throws INVALID_ARGUMENT/KEY_KIND_INVALID. */
export function keyKindOf(kind: control.KeyKind): KeyKind {
  return nameOf(keyKinds, kind) ?? fail(invalid('KEY_KIND_INVALID', 'A key is publishable or secret.'));
}

/** Throws INVALID_ARGUMENT/FIELD_MISSING. */
export function placementOf(request: control.PutPlacementRequest): Placement {
  const { name, version, sources, hideAfter, retriever, ranker, objective, diversity, impressionDiscount, exploration, rules, caps, fill, fallback, logShare, candidates } = required(request.placement, 'placement');
  return {
    name, version, hideAfter, retriever, ranker, diversity, fallback, logShare, candidates,
    sources: sources.map((source) => ({ name: source.name, limit: source.limit, timeoutMs: source.timeoutMs, window: source.window })),
    objective: objective.map(({ head, weight }) => ({ head, weight })),
    ...(impressionDiscount === undefined ? {} : { impressionDiscount }),
    ...(exploration === undefined ? {} : { exploration: explorationOf(exploration) }),
    fill: nameOf(fills, fill) ?? 'fill-up',
    rules: rules.map(ruleOf),
    caps: caps.map(capOf),
  };
}

export const rulesOf = ({ rules, caps }: control.PutRulesRequest): TenantRules => ({ rules: rules.map(ruleOf), caps: caps.map(capOf) });

const ruleOf = ({ name, when, filter, boost, pin }: control.Rule): Rule => ({
  name, when, filter, boost, ...(pin === undefined ? {} : { pin: { expression: pin.expression, slot: pin.slot } }),
});

function explorationOf({ share, from, to, shownFewerThan, publishedWithinDays, pool, weights }: control.Exploration): Exploration {
  return { share, from, to, shownFewerThan, publishedWithinDays, pool, weights: nameOf(explorationWeights, weights) ?? 'uniform' };
}

const capOf = ({ group, limit, window }: control.Cap): Cap => ({ group, limit, window });

/** Throws INVALID_ARGUMENT/FIELD_MISSING. */
export function splitOf(request: control.PutSplitRequest): Split {
  const { name, placement, salt, arms } = required(request.split, 'split');
  return { name, placement, salt, arms: arms.map(armOf) };
}

const armOf = ({ name, percent, retriever, ranker, explorationShare }: control.SplitArm): SplitArm => ({
  name, percent, retriever, ranker, ...(explorationShare === undefined ? {} : { explorationShare }),
});

/** Throws INVALID_ARGUMENT/FIELD_MISSING. */
export function shadowOf(request: control.PutShadowRequest): Shadow {
  const { placement, retriever, ranker, share } = required(request.shadow, 'shadow');
  return { placement, retriever, ranker, share };
}

/** Throws INVALID_ARGUMENT/FIELD_MISSING or MODEL_KIND_INVALID. */
export function modelOf(request: control.RegisterModelVersionRequest): Omit<ModelVersion, 'version' | 'createdAtMs' | 'checks'> {
  const { name, kind, bundle, digest, metrics } = required(request.model, 'model');
  return { name, bundle, digest, metrics: { ...metrics }, kind: nameOf(modelKinds, kind) ?? fail(invalid('MODEL_KIND_INVALID', 'A model is a retriever, a ranker or an item encoder.')) };
}

/** Throws INVALID_ARGUMENT/CHECK_OUTCOME_INVALID. */
export const checksOf = ({ checks }: control.RecordModelChecksRequest): readonly ModelCheck[] => checks.map(({ name, outcome, detail, figures }) => ({
  name, detail, figures: { ...figures }, outcome: nameOf(checkOutcomes, outcome) ?? fail(invalid('CHECK_OUTCOME_INVALID', 'A check has passed, failed or was skipped.')),
}));

/** Throws INVALID_ARGUMENT/FIELD_MISSING. */
export function aliasOf(request: control.SetModelAliasRequest): Omit<ModelAlias, 'previous'> {
  const { model, alias, version } = required(request.alias, 'alias');
  return { model, alias, version };
}

/** Throws INVALID_ARGUMENT/PAGE_TOKEN_INVALID. */
export function pageOf({ pageSize, pageToken }: control.ListAuditEntriesRequest): { readonly before: number | undefined; readonly size: number } {
  const before = pageToken === '' ? undefined : Number(pageToken);
  if (before !== undefined && !(Number.isSafeInteger(before) && before > 0)) throw invalid('PAGE_TOKEN_INVALID', 'This page token was not made here: begin without one.');
  return { before, size: Math.min(PAGE.most, pageSize || PAGE.usual) };
}

export const keyMessage = ({ id, kind, hash, origins, expiresAtMs }: ApiKey): Init<typeof control.ApiKeySchema> => ({
  id, kind: keyKinds[kind], hash, origins: [...origins], ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
});

export const placementMessage = ({ sources, hideAfter, objective, exploration, rules, caps, fill, ...rest }: Placement): Init<typeof control.PlacementSchema> => ({
  ...rest, ...rulesMessage({ rules, caps }), fill: fills[fill], hideAfter: [...hideAfter], sources: sources.map((source) => ({ ...source })), objective: objective.map((head) => ({ ...head })),
  ...(exploration === undefined ? {} : { exploration: { ...exploration, weights: explorationWeights[exploration.weights] } }),
});

export const rulesMessage = ({ rules, caps }: TenantRules): { rules: Init<typeof control.RuleSchema>[]; caps: Init<typeof control.CapSchema>[] } => ({
  rules: rules.map((rule) => ({ ...rule })), caps: caps.map((cap) => ({ ...cap })),
});

export const splitMessage = ({ arms, ...rest }: Split): Init<typeof control.SplitSchema> => ({ ...rest, arms: arms.map((arm) => ({ ...arm })) });

export const modelMessage = ({ kind, metrics, checks, ...rest }: ModelVersion): Init<typeof control.ModelVersionSchema> => ({
  ...rest, kind: modelKinds[kind], metrics: { ...metrics }, checks: checkStateMessage({ checks }),
});

export const checkStateMessage = (model: Pick<ModelVersion, 'checks'>): control.CheckState => checkStates[checkState(model)];

export const checkMessage = ({ outcome, figures, ...rest }: ModelCheck): Init<typeof control.ModelCheckSchema> => ({ ...rest, outcome: checkOutcomes[outcome], figures: { ...figures } });

export const aliasMessage = ({ previous, ...rest }: ModelAlias): Init<typeof control.ModelAliasSchema> => ({ ...rest, previousVersion: previous });

export const auditMessage = ({ detail, ...rest }: AuditEntry): Init<typeof control.AuditEntrySchema> => ({ ...rest, detail: JSON.stringify(detail) });

export const tenantMessage = ({ id, signingKey, keys, rules, caps, placements, splits, shadows, models, aliases }: Tenant): Init<typeof control.TenantSchema> => ({
  id, signingKey, ...rulesMessage({ rules, caps }), keys: keys.map(keyMessage), placements: placements.map(placementMessage), splits: splits.map(splitMessage), models: models.map(modelMessage),
  shadows: shadows.map((shadow) => ({ ...shadow })), aliases: aliases.map(aliasMessage),
});

export const snapshotMessage = ({ version, tenants }: Configuration): control.ConfigSnapshot =>
  create(control.ConfigSnapshotSchema, { version, tenants: tenants.map(tenantMessage) });

function nameOf<K extends string, V>(names: Readonly<Record<K, V>>, value: V): K | undefined {
  return (Object.keys(names) as K[]).find((name) => names[name] === value);
}

function fail(error: DomainError): never {
  throw error;
}

const MOST_IDEMPOTENCY_KEY = 128;
const FINGERPRINT_BYTES = 32;

/** Throws INVALID_ARGUMENT/FIELD_MISSING or IDEMPOTENCY_KEY_INVALID. */
export function idempotentRequestOf(message: control.IdempotentRequest | undefined): IdempotentRequest {
  const { tenant, key, fingerprint } = required(message, 'request');
  const isValid = key !== '' && key.length <= MOST_IDEMPOTENCY_KEY && fingerprint.length === FINGERPRINT_BYTES;
  if (!isValid) throw invalid('IDEMPOTENCY_KEY_INVALID', `A key has 1 to ${MOST_IDEMPOTENCY_KEY} characters, and its request a fingerprint of ${FINGERPRINT_BYTES} bytes.`);
  return { tenant, key, fingerprint };
}

/** Throws INVALID_ARGUMENT/FIELD_MISSING. */
export function answerOf(message: control.IdempotentAnswer | undefined): KeptAnswer {
  const { status, body } = required(message, 'answer');
  return { status, body };
}
