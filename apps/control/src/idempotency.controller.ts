import { Controller } from '@nestjs/common';
import { IdempotencyKeys } from '@serendip/control-domain';
import { Rpc, type Handlers } from '@serendip/platform-grpc';
import { control } from '@serendip/shared-contracts';
import { answerOf, idempotentRequestOf } from './control.mapper.js';

export type IdempotencyRpc = 'reserveIdempotencyKey' | 'keepIdempotentAnswer' | 'releaseIdempotencyKey';

/** Keeps the answers of writes whose callers may send them again. */
@Controller()
export class IdempotencyController implements Pick<Handlers<typeof control.ControlService>, IdempotencyRpc> {
  constructor(private readonly keys: IdempotencyKeys) {}

  @Rpc(control.ControlService, 'reserveIdempotencyKey')
  async reserveIdempotencyKey({ request }: control.ReserveIdempotencyKeyRequest) {
    const answer = await this.keys.reserve(idempotentRequestOf(request), Date.now());
    return answer === undefined ? {} : { answer };
  }

  @Rpc(control.ControlService, 'keepIdempotentAnswer')
  async keepIdempotentAnswer({ request, answer }: control.KeepIdempotentAnswerRequest) {
    await this.keys.keep(idempotentRequestOf(request), answerOf(answer));
    return {};
  }

  @Rpc(control.ControlService, 'releaseIdempotencyKey')
  async releaseIdempotencyKey({ request }: control.ReleaseIdempotencyKeyRequest) {
    await this.keys.release(idempotentRequestOf(request));
    return {};
  }
}
