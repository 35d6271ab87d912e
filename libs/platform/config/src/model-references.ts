import type { control } from '@serendip/shared-contracts';

/** name@version of a reference `model@alias` or `model@version`; empty when it points at no registered version. */
export function resolveModel(tenant: control.Tenant, reference: string): string {
  const [name = '', pointer = ''] = reference.split('@');
  const version = /^\d+$/.test(pointer) ? Number(pointer) : tenant.aliases.find(({ model, alias }) => model === name && alias === pointer)?.version;
  return tenant.models.some((model) => model.name === name && model.version === version) ? `${name}@${version}` : '';
}

/** Every version of a kind that an alias, a placement, a split or a shadow of the tenant points at, or an alias pointed at before (so that a rollback waits for nothing): what a server must have loaded. */
export function liveModels(tenant: control.Tenant, kind: control.ModelKind): readonly control.ModelVersion[] {
  const references = [
    ...tenant.aliases.flatMap(({ model, alias, previousVersion }) => [`${model}@${alias}`, `${model}@${previousVersion}`]),
    ...tenant.placements.flatMap(({ retriever, ranker }) => [retriever, ranker]),
    ...[...tenant.splits.flatMap(({ arms }) => arms), ...tenant.shadows].flatMap(({ retriever, ranker }) => [retriever, ranker]),
  ];
  const live = new Set(references.map((reference) => resolveModel(tenant, reference)));
  return tenant.models.filter((model) => model.kind === kind && live.has(`${model.name}@${model.version}`));
}
