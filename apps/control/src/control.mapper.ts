import type { ApiKey, AuditEntry, Configuration, ModelKind, ModelVersion, Placement, Split } from '@serendip/control-domain';
import { control, create, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

const { KeyKind, ModelKind: ModelKinds } = control;
type Init<S extends Parameters<typeof create>[0]> = MessageInitShape<S>;

const kinds: Readonly<Record<ModelKind, control.ModelKind>> = { retriever: ModelKinds.RETRIEVER, ranker: ModelKinds.RANKER, 'item-encoder': ModelKinds.ITEM_ENCODER };

export function modelKindOf(kind: control.ModelKind): ModelKind {
  const found = Object.entries(kinds).find(([, value]) => value === kind)?.[0];
  if (found === undefined) throw new DomainError('INVALID_ARGUMENT', 'MODEL_KIND_INVALID', 'A model is a retriever, a ranker or an item encoder.');
  return found as ModelKind;
}

export const keyMessage = ({ id, kind, hash, origins, expiresAtMs }: ApiKey): Init<typeof control.ApiKeySchema> => ({
  id, hash, origins: [...origins], kind: kind === 'secret' ? KeyKind.SECRET : KeyKind.PUBLISHABLE, ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
});

export const placementMessage = ({ sources, hideAfter, objective, caps, ...rest }: Placement): Init<typeof control.PlacementSchema> => ({
  ...rest, hideAfter: [...hideAfter], sources: sources.map((source) => ({ ...source })), objective: objective.map((head) => ({ ...head })), caps: caps.map((cap) => ({ ...cap })),
});

export function placementOf(message: control.Placement): Placement {
  const { name, version, sources, hideAfter, retriever, ranker, objective, diversity, caps, fallback, logShare, candidates } = message;
  return {
    name, version, hideAfter, retriever, ranker, diversity, fallback, logShare, candidates,
    sources: sources.map((source) => ({ name: source.name, limit: source.limit, timeoutMs: source.timeoutMs, window: source.window })),
    objective: objective.map(({ head, weight }) => ({ head, weight })),
    caps: caps.map(({ group, limit, window }) => ({ group, limit, window })),
  };
}

export const splitMessage = ({ arms, ...rest }: Split): Init<typeof control.SplitSchema> => ({ ...rest, arms: arms.map((arm) => ({ ...arm })) });

export const modelMessage = ({ kind, metrics, ...rest }: ModelVersion): Init<typeof control.ModelVersionSchema> => ({ ...rest, kind: kinds[kind], metrics: { ...metrics } });

export const auditMessage = (entry: AuditEntry): Init<typeof control.AuditEntrySchema> => ({ ...entry });

export function snapshotMessage({ version, tenants }: Configuration): control.ConfigSnapshot {
  return create(control.ConfigSnapshotSchema, {
    version,
    tenants: tenants.map(({ id, signingKey, keys, placements, splits, models, aliases }) => ({
      id, signingKey, keys: keys.map(keyMessage), placements: placements.map(placementMessage), splits: splits.map(splitMessage), models: models.map(modelMessage),
      aliases: aliases.map((alias) => ({ ...alias })),
    })),
  });
}
