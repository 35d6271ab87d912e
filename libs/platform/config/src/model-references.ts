import type { control } from '@serendip/shared-contracts';

/** name@version of a reference `model@alias` or `model@version`; empty when it points at no registered version. */
export function resolveModel(tenant: control.Tenant, reference: string): string {
  const [name = '', pointer = ''] = reference.split('@');
  const version = /^\d+$/.test(pointer) ? Number(pointer) : tenant.aliases.find(({ model, alias }) => model === name && alias === pointer)?.version;
  return tenant.models.some((model) => model.name === name && model.version === version) ? `${name}@${version}` : '';
}

/** name@version of everything that an alias, a placement, a split or a shadow of the tenant points at now. */
export function currentReferences(tenant: control.Tenant): readonly string[] {
  const references = [
    ...tenant.aliases.map(({ model, alias }) => `${model}@${alias}`),
    ...[...tenant.placements, ...tenant.splits.flatMap(({ arms }) => arms), ...tenant.shadows].flatMap(({ retriever, ranker }) => [retriever, ranker]),
  ];
  return references.map((reference) => resolveModel(tenant, reference)).filter((name) => name !== '');
}

/** Every version of a kind that something points at, or an alias pointed at before (so that a rollback waits for nothing): what a server must have loaded. */
export function liveModels(tenant: control.Tenant, kind: control.ModelKind): readonly control.ModelVersion[] {
  const before = tenant.aliases.map(({ model, previousVersion }) => resolveModel(tenant, `${model}@${previousVersion}`));
  const live = new Set([...currentReferences(tenant), ...before]);
  return tenant.models.filter((model) => model.kind === kind && live.has(`${model.name}@${model.version}`));
}
