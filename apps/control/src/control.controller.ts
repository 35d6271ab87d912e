import { randomBytes } from 'node:crypto';
import { Controller } from '@nestjs/common';
import {
  ConfigurationRepository, addKey, createTenant, deleteAlias, deleteShadow, deleteSplit, keyHash, keyText, putPlacement, putRules, putShadow, putSplit, recordChecks, registerModelVersion, revokeKey, rollBackAlias, setAlias, type Edit, type Who,
} from '@serendip/control-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { ControlMetrics } from './control.metrics.js';
import {
  aliasMessage, aliasOf, auditMessage, checkMessage, checkStateMessage, checksOf, keyKindOf, keyMessage, modelMessage, modelOf, pageOf, placementMessage, placementOf, rulesMessage, rulesOf, shadowOf, splitMessage, splitOf, tenantMessage, whoOf,
} from './control.mapper.js';
import type { IdempotencyRpc } from './idempotency.controller.js';
import { ModelRetention } from './model-retention.js';
import { Snapshots } from './snapshots.service.js';

/** Changes configuration; each change is validated, audited and published before it is answered. */
@Controller()
export class ControlController implements Omit<Handlers<typeof control.ControlService>, IdempotencyRpc> {
  constructor(
    private readonly repository: ConfigurationRepository, private readonly snapshots: Snapshots, private readonly metrics: ControlMetrics, private readonly retention: ModelRetention,
  ) {}

  @Rpc(control.ControlService, 'watchConfig')
  async *watchConfig(_: control.WatchConfigRequest, { signal }: CallContext) {
    let sent: control.ConfigSnapshot | undefined;
    let wake = (): void => undefined;
    const stop = this.snapshots.onChange(() => wake());
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        const snapshot = this.snapshots.current;
        if (snapshot !== undefined && snapshot !== sent) {
          sent = snapshot;
          yield { snapshot };
        } else {
          await new Promise<void>((resolve) => { wake = resolve; });
        }
      }
    } finally {
      stop();
    }
  }

  @Rpc(control.ControlService, 'createTenant')
  async createTenant({ id, actor }: control.CreateTenantRequest) {
    const tenant = await this.change('createTenant', { tenant: id, actor }, () => createTenant(id, randomBytes(32)));
    return { tenant: tenantMessage(tenant) };
  }

  @Rpc(control.ControlService, 'createKey')
  async createKey(request: control.CreateKeyRequest) {
    const kind = keyKindOf(request.kind);
    const secret = keyText(kind, randomBytes(32));
    const id = `key_${randomBytes(6).toString('hex')}`;
    const key = await this.change('createKey', request, () => addKey({ id, kind, hash: keyHash(secret), origins: request.origins, expiresAtMs: undefined }));
    return { key: keyMessage(key), secret };
  }

  @Rpc(control.ControlService, 'revokeKey')
  async revokeKey(request: control.RevokeKeyRequest) {
    await this.change('revokeKey', request, () => revokeKey(request.keyId));
    return {};
  }

  @Rpc(control.ControlService, 'putPlacement')
  async putPlacement(request: control.PutPlacementRequest) {
    return { placement: placementMessage(await this.change('putPlacement', request, () => putPlacement(placementOf(request)))) };
  }

  @Rpc(control.ControlService, 'putRules')
  async putRules(request: control.PutRulesRequest) {
    return rulesMessage(await this.change('putRules', request, () => putRules(rulesOf(request))));
  }

  @Rpc(control.ControlService, 'putSplit')
  async putSplit(request: control.PutSplitRequest) {
    return { split: splitMessage(await this.change('putSplit', request, () => putSplit(splitOf(request)))) };
  }

  @Rpc(control.ControlService, 'deleteSplit')
  async deleteSplit(request: control.DeleteSplitRequest) {
    await this.change('deleteSplit', request, () => deleteSplit(request.name));
    return {};
  }

  @Rpc(control.ControlService, 'putShadow')
  async putShadow(request: control.PutShadowRequest) {
    return { shadow: await this.change('putShadow', request, () => putShadow(shadowOf(request))) };
  }

  @Rpc(control.ControlService, 'deleteShadow')
  async deleteShadow(request: control.DeleteShadowRequest) {
    await this.change('deleteShadow', request, () => deleteShadow(request.placement));
    return {};
  }

  @Rpc(control.ControlService, 'registerModelVersion')
  async registerModelVersion(request: control.RegisterModelVersionRequest) {
    const model = await this.change('registerModelVersion', request, () => registerModelVersion({ ...modelOf(request), createdAtMs: Date.now() }));
    await this.retention.retire(whoOf(request), model.name);
    return { model: modelMessage(model) };
  }

  @Rpc(control.ControlService, 'setModelAlias')
  async setModelAlias(request: control.SetModelAliasRequest) {
    return { alias: aliasMessage(await this.change('setModelAlias', request, () => setAlias(aliasOf(request), request))) };
  }

  @Rpc(control.ControlService, 'rollBackModelAlias')
  async rollBackModelAlias(request: control.RollBackModelAliasRequest) {
    return { alias: aliasMessage(await this.change('rollBackModelAlias', request, () => rollBackAlias(request, request.reason))) };
  }

  @Rpc(control.ControlService, 'deleteModelAlias')
  async deleteModelAlias(request: control.DeleteModelAliasRequest) {
    await this.change('deleteModelAlias', request, () => deleteAlias(request, request.reason));
    return {};
  }

  @Rpc(control.ControlService, 'recordModelChecks')
  async recordModelChecks(request: control.RecordModelChecksRequest) {
    const { model, version } = request;
    const checks = checksOf(request);
    await this.change('recordModelChecks', request, () => recordChecks({ model, version, checks }));
    return { state: checkStateMessage({ checks }) };
  }

  @Rpc(control.ControlService, 'getModelChecks')
  async getModelChecks({ tenant: id, model: name, version }: control.GetModelChecksRequest) {
    const { tenants } = await this.repository.read();
    const model = tenants.find((tenant) => tenant.id === id)?.models.find((entry) => entry.name === name && entry.version === version);
    if (model === undefined) throw new DomainError('NOT_FOUND', 'MODEL_UNKNOWN', `There is no version ${version} of model '${name}'.`);
    return { state: checkStateMessage(model), checks: model.checks.map(checkMessage) };
  }

  @Rpc(control.ControlService, 'listAuditEntries')
  async listAuditEntries(request: control.ListAuditEntriesRequest) {
    const { before, size } = pageOf(request);
    const entries = await this.repository.audit(request.tenant, { before, max: size + 1 });
    const page = entries.slice(0, size);
    return { entries: page.map(auditMessage), nextPageToken: entries.length > size ? String(page.at(-1)!.id) : '' };
  }

  private async change<T>(rpc: string, who: Who, edit: () => Edit<T>): Promise<T> {
    const result = await this.metrics.counted(rpc, async () => this.repository.change(whoOf(who), edit()));
    await this.snapshots.refresh();
    return result;
  }
}
