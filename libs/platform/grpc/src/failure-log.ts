import type { Logger } from '@serendip/platform-logging';
import { isDomainError, type ErrorCode } from '@serendip/shared-errors';
import type { ServerCallContext } from './call-context.js';
import { WireStatus, toWireStatus } from './wire-error.js';

const ours: ReadonlySet<ErrorCode> = new Set(['INTERNAL', 'UNKNOWN', 'DATA_LOSS']);

/** Answers the wire status of what a handler threw. What only we can mend is logged in full, the rest for debugging; an answer nobody waits for is no failure. */
export function failureOf(error: unknown, context: ServerCallContext, logger: Logger): WireStatus {
  if (error instanceof WireStatus) return error;
  const { traceId, rpc } = context;
  try {
    logger[levelOf(error, context)]({ err: error, rpc, traceId }, 'A handler failed.');
    return toWireStatus(error, traceId);
  } catch (err) {
    logger.error({ err, rpc, traceId }, 'A handler threw what can be neither logged nor sent.');
    return toWireStatus(undefined, traceId);
  }
}

function levelOf(error: unknown, context: ServerCallContext): 'error' | 'debug' {
  if (context.aborted) return 'debug';
  return !isDomainError(error) || ours.has(error.code) ? 'error' : 'debug';
}
