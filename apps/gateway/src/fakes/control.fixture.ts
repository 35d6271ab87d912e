import { setTimeout as sleep } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { Rpc } from '@serendip/platform-grpc';
import { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

@Controller()
export class FakeControl {
  /** Placements that were put, and how long it takes. */
  puts = 0;
  delayMs = 0;
  /** Requests by their idempotency keys, with their answers once there are some. */
  readonly keys = new Map<string, { readonly fingerprint: string; readonly answer?: control.IdempotentAnswer | undefined }>();

  @Rpc(control.ControlService, 'reserveIdempotencyKey')
  async reserveIdempotencyKey({ request }: control.ReserveIdempotencyKeyRequest) {
    const { key, fingerprint: bytes } = request!;
    const fingerprint = Buffer.from(bytes).toString('hex');
    const kept = this.keys.get(key);
    if (kept !== undefined && kept.fingerprint !== fingerprint) throw new DomainError('INVALID_ARGUMENT', 'IDEMPOTENCY_KEY_REUSED', 'Another request has it.', { metadata: { httpStatus: '422' } });
    if (kept !== undefined && kept.answer === undefined) throw new DomainError('ABORTED', 'IDEMPOTENCY_KEY_IN_USE', 'It is being worked on.', { metadata: { retryAfterMs: '1000' } });
    if (kept === undefined) this.keys.set(key, { fingerprint });
    return kept?.answer === undefined ? {} : { answer: kept.answer };
  }

  @Rpc(control.ControlService, 'keepIdempotentAnswer')
  async keepIdempotentAnswer({ request, answer }: control.KeepIdempotentAnswerRequest) {
    this.keys.set(request!.key, { ...this.keys.get(request!.key)!, answer });
    return {};
  }

  @Rpc(control.ControlService, 'releaseIdempotencyKey')
  async releaseIdempotencyKey({ request }: control.ReleaseIdempotencyKeyRequest) {
    this.keys.delete(request!.key);
    return {};
  }

  @Rpc(control.ControlService, 'putPlacement')
  async putPlacement({ placement }: control.PutPlacementRequest) {
    this.puts++;
    if (this.delayMs > 0) await sleep(this.delayMs);
    return { placement: { ...placement!, version: 2 } };
  }

  @Rpc(control.ControlService, 'putRules')
  async putRules({ rules, caps }: control.PutRulesRequest) {
    return { rules, caps };
  }

  @Rpc(control.ControlService, 'putSplit')
  async putSplit({ split }: control.PutSplitRequest) {
    return { split: split! };
  }

  @Rpc(control.ControlService, 'deleteSplit')
  async deleteSplit() {
    return {};
  }

  @Rpc(control.ControlService, 'putShadow')
  async putShadow({ shadow }: control.PutShadowRequest) {
    return { shadow: shadow! };
  }

  @Rpc(control.ControlService, 'deleteShadow')
  async deleteShadow() {
    return {};
  }

  @Rpc(control.ControlService, 'setModelAlias')
  async setModelAlias({ alias }: control.SetModelAliasRequest) {
    return { alias: { ...alias!, previousVersion: 1 } };
  }

  @Rpc(control.ControlService, 'rollBackModelAlias')
  async rollBackModelAlias({ model, alias }: control.RollBackModelAliasRequest) {
    return { alias: { model, alias, version: 1, previousVersion: 2 } };
  }

  @Rpc(control.ControlService, 'deleteModelAlias')
  async deleteModelAlias() {
    return {};
  }

  @Rpc(control.ControlService, 'registerModelVersion')
  async registerModelVersion({ model }: control.RegisterModelVersionRequest) {
    return { model: { ...model!, version: 3, createdAtMs: 1000, checks: control.CheckState.PENDING } };
  }

  @Rpc(control.ControlService, 'getModelChecks')
  async getModelChecks() {
    return { state: control.CheckState.FAILED, checks: [{ name: 'golden', outcome: control.CheckOutcome.FAILED, detail: 'Line 1.', figures: { cases: 4 } }] };
  }
}
