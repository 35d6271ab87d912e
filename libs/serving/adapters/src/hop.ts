import { DomainError, type ErrorCode } from '@serendip/shared-errors';
import type { Context } from '@serendip/shared-pipeline';

export interface HopOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly traceId?: string;
}

/** Call options of one hop: what is left of the stage's time, its cancellation and its trace. */
export function hop({ deadlineMs, signal, traceId }: Context): HopOptions {
  return { timeoutMs: Math.max(1, deadlineMs - performance.now()), signal, traceId };
}

/** A result of a batch; its own error, or its absence, is this request's failure. */
export function resultOf<T extends { readonly error?: string }>(result: T | undefined, service: string): T {
  if (result === undefined) throw new DomainError('INTERNAL', 'EMPTY_ANSWER', `${service} answered no result for the request.`);
  if (result.error) throw new DomainError(result.error as ErrorCode, result.error, `${service} could not answer this request: ${result.error}.`);
  return result;
}
