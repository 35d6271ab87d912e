import { createHash } from 'node:crypto';
import { Inject, Injectable, UseInterceptors, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';
import { DomainError } from '@serendip/shared-errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Clients } from '../clients.js';
import { LOGGER } from '../tokens.js';
import type { AuthenticatedRequest } from './access.guard.js';
import type { Trace } from './trace.js';

const HEADER = 'idempotency-key';
const REPLAYED = 'idempotency-replayed';
/** Printable ASCII, 1 to 128 characters, in quotes or not. */
const KEY = /^"?([\x21\x23-\x7e]{1,128})"?$/;

interface Handling extends Trace {
  readonly next: CallHandler;
  readonly reply: FastifyReply;
}

interface IdempotentRequest {
  readonly tenant: string;
  readonly key: string;
  readonly fingerprint: Uint8Array;
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const header = headers[HEADER];
  if (header === undefined) return undefined;
  const [, key] = KEY.exec(String(header)) ?? [];
  if (key === undefined) throw new DomainError('INVALID_ARGUMENT', 'IDEMPOTENCY_KEY_INVALID', 'An Idempotency-Key is 1 to 128 printable characters without spaces, for example a UUID.');
  return key;
}

const fingerprintOf = ({ method, url, body }: FastifyRequest): Uint8Array => createHash('sha256').update(JSON.stringify([method, url, body ?? null])).digest();

/**
 * With an `Idempotency-Key`, a request that is sent again is answered as at first and not done again. What failed is not kept: its key may be used again.
 */
@Injectable()
export class Idempotency implements NestInterceptor {
  constructor(private readonly clients: Clients, @Inject(LOGGER) private readonly logger: Logger) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const key = keyOf(request);
    if (key === undefined) return next.handle();
    return from(this.once({ tenant: request.principal!.tenant, key, fingerprint: fingerprintOf(request) }, { next, reply: http.getResponse<FastifyReply>(), traceId: request.id }));
  }

  private async once(request: IdempotentRequest, { next, reply, traceId }: Handling): Promise<unknown> {
    const { answer: kept } = await this.clients.control.reserveIdempotencyKey({ request }, { traceId });
    if (kept !== undefined) {
      void reply.status(kept.status).header(REPLAYED, 'true');
      return kept.body.length === 0 ? undefined : JSON.parse(Buffer.from(kept.body).toString());
    }
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.keep(request, { status: reply.statusCode, body: Buffer.from(JSON.stringify(answer) ?? '') }, { traceId });
      return answer;
    } catch (error) {
      // Whoever can't give it back now can use it again in a minute.
      await this.clients.control.releaseIdempotencyKey({ request }, { traceId }).catch((err: unknown) => this.logger.debug({ err, traceId }, 'an idempotency key was not given back'));
      throw error;
    }
  }

  /** What is done is done: that its answer could not be kept must not make it look like a failure. */
  private async keep(request: IdempotentRequest, answer: { readonly status: number; readonly body: Uint8Array }, trace: Trace): Promise<void> {
    await this.clients.control.keepIdempotentAnswer({ request, answer }, trace).catch((err: unknown) => this.logger.warn({ err, ...trace }, 'the answer to an idempotent request was not kept'));
  }
}

/** Of a write that may come with an `Idempotency-Key`. */
export const Idempotent = () => UseInterceptors(Idempotency);
