import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Aborts when the caller's connection closes before its answer is complete: nobody waits for it any more. */
export function departureOf({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const departure = new AbortController();
  raw.once('close', () => { if (!raw.writableFinished) departure.abort(); });
  return departure.signal;
}

/** The signal of a caller who goes away, in a route. */
export const Departed = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => departureOf(context.switchToHttp().getResponse<FastifyReply>()));
