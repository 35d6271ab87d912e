import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AskingTime } from '@serendip/shared-pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { departureOf } from '../http/departed.js';
import type { Trace } from '../http/trace.js';

/** What a request says besides its fields. */
export interface RequestFacts extends Trace {
  readonly departed: AbortSignal;
  readonly cacheControl: string | undefined;
  /** Monotonic milliseconds; a request has no longer than this, nor than any other. */
  readonly deadlineMs?: number;
  /** The time for asking rules that it shares with the others of its batch. */
  readonly asking?: AskingTime;
}

/** The facts of the request, in a route. */
export const Facts = createParamDecorator((_: unknown, context: ExecutionContext): RequestFacts => {
  const http = context.switchToHttp();
  const { id, headers } = http.getRequest<FastifyRequest>();
  return { departed: departureOf(http.getResponse<FastifyReply>()), cacheControl: headers['cache-control'], traceId: id };
});
