import { randomBytes } from 'node:crypto';
import { Controller } from '@nestjs/common';
import {
  ConfigurationRepository, DEFAULT_PLACEMENTS, checkAliasName, checkModelName, checkPlacement, checkSplit, checkTenantId, keyHash, keyText, type ConfigurationWriter,
} from '@serendip/control-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { auditMessage, keyMessage, modelKindOf, modelMessage, placementMessage, placementOf, snapshotMessage, splitMessage } from './control.mapper.js';
import { Snapshots } from './snapshots.service.js';

const { KeyKind } = control;

interface What {
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail?: unknown;
}

function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new DomainError('INVALID_ARGUMENT', 'FIELD_MISSING', `The field '${field}' is missing.`);
  return value;
}

const unknown = (what: string, name: string): DomainError => new DomainError('NOT_FOUND', `${what.toUpperCase()}_UNKNOWN`, `There is no ${what} '${name}'.`);

/** Changes configuration; each change is validated, audited and published before it is answered. */
@Controller()
export class ControlController implements Handlers<typeof control.ControlService> {
  constructor(private readonly repository: ConfigurationRepository, private readonly snapshots: Snapshots) {}

  @Rpc(control.ControlService, 'watchConfig')
  async *watchConfig(_: control.WatchConfigRequest, { signal }: CallContext) {
    let sent = -1;
    let wake = (): void => undefined;
    const stop = this.snapshots.onChange(() => wake());
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        const snapshot = this.snapshots.current;
        if (snapshot !== undefined && snapshot.version !== sent) {
          sent = snapshot.version;
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
    checkTenantId(id);
    const known = (await this.repository.read()).tenants.some((tenant) => tenant.id === id);
    if (!known) {
      await this.change({ tenant: id, actor, action: 'tenant.create', subject: id }, async (writer) => {
        if (!(await writer.addTenant(id, randomBytes(32)))) return;
        for (const placement of DEFAULT_PLACEMENTS) await writer.putPlacement(id, placement);
      });
    }
    return { tenant: snapshotMessage(await this.repository.read()).tenants.find((tenant) => tenant.id === id)! };
  }

  @Rpc(control.ControlService, 'createKey')
  async createKey({ tenant, kind, origins, actor }: control.CreateKeyRequest) {
    if (kind === KeyKind.UNSPECIFIED) throw new DomainError('INVALID_ARGUMENT', 'KEY_KIND_INVALID', 'A key is publishable or secret.');
    const name = kind === KeyKind.SECRET ? 'secret' : 'publishable';
    const secret = keyText(name, randomBytes(32));
    const key = { id: `key_${randomBytes(6).toString('hex')}`, kind: name, hash: keyHash(secret), origins, expiresAtMs: undefined } as const;
    await this.change({ tenant, actor, action: 'key.create', subject: key.id, detail: { kind: name, origins } }, (writer) => writer.addKey(tenant, key));
    return { key: keyMessage(key), secret };
  }

  @Rpc(control.ControlService, 'revokeKey')
  async revokeKey({ tenant, keyId, actor }: control.RevokeKeyRequest) {
    await this.change({ tenant, actor, action: 'key.revoke', subject: keyId }, async (writer) => {
      if (!(await writer.removeKey(tenant, keyId))) throw unknown('key', keyId);
    });
    return {};
  }

  @Rpc(control.ControlService, 'putPlacement')
  async putPlacement(request: control.PutPlacementRequest) {
    const { tenant, actor } = request;
    const placement = placementOf(required(request.placement, 'placement'));
    checkPlacement(placement);
    const stored = await this.change({ tenant, actor, action: 'placement.put', subject: placement.name, detail: placement }, (writer) => writer.putPlacement(tenant, placement));
    return { placement: placementMessage(stored) };
  }

  @Rpc(control.ControlService, 'putSplit')
  async putSplit(request: control.PutSplitRequest) {
    const { tenant, actor } = request;
    const { name, placement, salt, arms } = required(request.split, 'split');
    const split = { name, placement, salt: salt || name, arms: arms.map((arm) => ({ name: arm.name, percent: arm.percent, retriever: arm.retriever, ranker: arm.ranker })) };
    checkSplit(split);
    await this.change({ tenant, actor, action: 'split.put', subject: name, detail: split }, (writer) => writer.putSplit(tenant, split));
    return { split: splitMessage(split) };
  }

  @Rpc(control.ControlService, 'deleteSplit')
  async deleteSplit({ tenant, name, actor }: control.DeleteSplitRequest) {
    await this.change({ tenant, actor, action: 'split.delete', subject: name }, async (writer) => {
      if (!(await writer.removeSplit(tenant, name))) throw unknown('split', name);
    });
    return {};
  }

  @Rpc(control.ControlService, 'registerModelVersion')
  async registerModelVersion(request: control.RegisterModelVersionRequest) {
    const { tenant, actor } = request;
    const { name, kind, bundle, digest, metrics } = required(request.model, 'model');
    checkModelName(name);
    if (bundle === '' || digest === '') throw new DomainError('INVALID_ARGUMENT', 'FIELD_MISSING', 'A model version has a bundle and its digest.');
    const model = { name, kind: modelKindOf(kind), bundle, digest, metrics, createdAtMs: Date.now() };
    const stored = await this.change({ tenant, actor, action: 'model.register', subject: name, detail: { digest, metrics } }, (writer) => writer.addModelVersion(tenant, model));
    return { model: modelMessage(stored) };
  }

  @Rpc(control.ControlService, 'setModelAlias')
  async setModelAlias(request: control.SetModelAliasRequest) {
    const { tenant, actor, reason } = request;
    const { model, alias, version } = required(request.alias, 'alias');
    checkAliasName(alias);
    const previousVersion = await this.change({ tenant, actor, action: 'alias.set', subject: `${model}@${alias}`, detail: { version, reason } }, async (writer) => {
      const before = await writer.setAlias(tenant, { model, alias, version });
      if (before === undefined) throw unknown('model', `${model}@${version}`);
      return before;
    });
    return { alias: { model, alias, version }, previousVersion };
  }

  @Rpc(control.ControlService, 'listAuditEntries')
  async listAuditEntries({ tenant, pageSize, pageToken }: control.ListAuditEntriesRequest) {
    const before = pageToken === '' ? undefined : Number(pageToken);
    if (before !== undefined && !Number.isSafeInteger(before)) throw new DomainError('INVALID_ARGUMENT', 'PAGE_TOKEN_INVALID', 'This page token was not made here: begin without one.');
    const max = Math.min(200, Math.max(1, pageSize));
    const entries = await this.repository.audit(tenant, { before, max });
    return { entries: entries.map(auditMessage), nextPageToken: entries.length === max ? String(entries.at(-1)!.id) : '' };
  }

  private async change<T>({ detail = {}, ...what }: What, work: (writer: ConfigurationWriter) => Promise<T>): Promise<T> {
    const result = await this.repository.change({ ...what, detail }, work);
    await this.snapshots.refresh();
    return result;
  }
}
