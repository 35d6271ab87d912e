import type { FastifyReply } from 'fastify';

/** Aborts when the caller's connection closes before its answer is complete: nobody waits for it any more. */
export function departureOf({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const departure = new AbortController();
  raw.once('close', () => { if (!raw.writableFinished) departure.abort(); });
  return departure.signal;
}
