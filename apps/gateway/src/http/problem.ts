import { STATUS_CODES } from 'node:http';
import { DomainError, httpStatus } from '@serendip/shared-errors';
import { ZodError } from 'zod';

export interface ProblemDetail {
  readonly path: string;
  readonly detail: string;
  /** Where in an expression: offset from 0, line and column from 1. */
  readonly position?: number;
  readonly line?: number;
  readonly column?: number;
  /** What to do about it. */
  readonly hint?: string;
}

/** INVALID_ARGUMENT with every fault of the input. */
export class FaultyInput extends DomainError {
  constructor(reason: string, message: string, readonly errors: readonly ProblemDetail[]) {
    super('INVALID_ARGUMENT', reason, message);
  }
}

/** One of several in a batch that was not accepted. */
export interface Rejection {
  /** Its place in the batch as it was sent, from 0. */
  readonly index: number;
  readonly reason: string;
  readonly detail: string;
}

/** INVALID_ARGUMENT, answered 422: nothing of a batch was accepted. */
export class AllRejected extends DomainError {
  /** @param what for example event; it names the reason. */
  constructor(what: string, readonly rejected: readonly Rejection[]) {
    const [first] = rejected;
    super('INVALID_ARGUMENT', `ALL_${what.toUpperCase()}S_REJECTED`, `No ${what} was accepted. The first: ${first?.reason}, ${first?.detail}`, { metadata: { httpStatus: '422' } });
  }
}

/** RFC 9457 problem details, with a stable reason, the trace and every fault of the input. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly reason: string;
  readonly traceId: string;
  readonly errors?: readonly ProblemDetail[];
  /** Why each entry of a batch was not accepted, where none was. */
  readonly rejected?: readonly Rejection[];
}

interface Fault {
  readonly status: number;
  readonly reason: string;
  readonly detail: string;
  readonly errors?: readonly ProblemDetail[];
  readonly rejected?: readonly Rejection[];
  readonly retryAfterMs?: number;
  /** True for what nobody foresaw: logged in full, answered without internals. */
  readonly unexpected?: boolean;
}

/** Reasons of errors that the HTTP framework itself raises, by status. */
const frameworkReasons: Readonly<Record<number, string>> = {
  400: 'BODY_INVALID', 404: 'ROUTE_UNKNOWN', 408: 'REQUEST_TIMEOUT', 413: 'BODY_TOO_LARGE', 414: 'URL_TOO_LONG', 415: 'CONTENT_TYPE_UNSUPPORTED', 417: 'EXPECTATION_UNSUPPORTED', 431: 'HEADERS_TOO_LARGE',
};

/** Whether a call failed on its way and not by a service's own word; such a message names peers and addresses, which are nobody's business. */
const isOnTheWay = ({ code, reason }: DomainError): boolean => reason === code || reason === 'PEER_UNAVAILABLE' || reason === 'CIRCUIT_OPEN';

const AWAY = 'A service behind the gateway does not answer now: try again in a moment.';

function statusOfFramework(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const status = 'statusCode' in error ? error.statusCode : 'getStatus' in error && typeof error.getStatus === 'function' ? error.getStatus() : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function reasonOfFramework(error: unknown, status: number): string {
  const code = (error as { code?: unknown }).code;
  return code === 'FST_ERR_BAD_URL' ? 'URL_INVALID' : code === 'NOT_HTTP' ? 'REQUEST_INVALID' : frameworkReasons[status] ?? 'REQUEST_INVALID';
}

/** What an error means to a caller. */
export function faultOf(error: unknown): Fault {
  if (error instanceof ZodError) {
    const errors = error.issues.map(({ path, message }) => ({ path: path.join('.'), detail: message }));
    const [first] = errors;
    return { status: 400, reason: 'REQUEST_INVALID', detail: `${first?.path ? `${first.path}: ` : ''}${first?.detail ?? 'The request is not valid.'}`, errors };
  }
  if (error instanceof DomainError) {
    const onTheWay = isOnTheWay(error);
    // Nobody but the peer can have cancelled here: to a caller it is away.
    const code = onTheWay && error.code === 'CANCELLED' ? 'UNAVAILABLE' : error.code;
    const status = Number(error.metadata.httpStatus ?? httpStatus(code));
    const retryAfterMs = error.metadata.retryAfterMs === undefined ? undefined : Number(error.metadata.retryAfterMs);
    if (error.code === 'INTERNAL' || error.code === 'UNKNOWN' || error.code === 'DATA_LOSS') {
      return { status: 500, reason: 'INTERNAL', detail: 'Something went wrong here; the trace id finds it in the logs.', unexpected: true };
    }
    return {
      status, reason: error.reason, detail: onTheWay ? AWAY : error.message,
      ...(error instanceof FaultyInput ? { errors: error.errors } : {}),
      ...(error instanceof AllRejected ? { rejected: error.rejected } : {}),
      ...(retryAfterMs !== undefined ? { retryAfterMs } : [429, 503, 504].includes(status) ? { retryAfterMs: 1000 } : {}),
    };
  }
  const status = statusOfFramework(error);
  if (status !== undefined) {
    const detail = status === 404 ? 'There is no such route: /openapi.json lists them all.' : error instanceof Error ? error.message : 'The request is not valid.';
    return { status, reason: reasonOfFramework(error, status), detail };
  }
  return { status: 500, reason: 'INTERNAL', detail: 'Something went wrong here; the trace id finds it in the logs.', unexpected: true };
}

/** The path of a request's target, which may name a host too or be none (RFC 9112). */
export function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?]*/i, '').split('?')[0]!;
  return path.startsWith('/') ? path : '/';
}

export function problemOf(fault: Fault, request: { readonly instance: string; readonly traceId: string }): Problem {
  return {
    type: `https://serendip.dev/problems/${fault.reason.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[fault.status] ?? 'Error',
    status: fault.status,
    detail: fault.detail,
    instance: request.instance,
    reason: fault.reason,
    traceId: request.traceId,
    ...(fault.errors === undefined ? {} : { errors: fault.errors }),
    ...(fault.rejected === undefined ? {} : { rejected: fault.rejected }),
  };
}

/** What one entry of a batch is refused with, as it would be alone. Throws what nobody foresaw: that is the whole batch's failure, to be logged. */
export function problemOfEntry(error: unknown, request: { readonly instance: string; readonly traceId: string }): Problem {
  const fault = faultOf(error);
  if (fault.unexpected === true) throw error;
  return problemOf(fault, request);
}
