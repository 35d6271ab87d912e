/** gRPC's code names, the only classes of failure the platform knows. */
export type ErrorCode =
  | 'CANCELLED' | 'UNKNOWN' | 'INVALID_ARGUMENT' | 'DEADLINE_EXCEEDED' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED' | 'FAILED_PRECONDITION' | 'ABORTED' | 'OUT_OF_RANGE' | 'UNIMPLEMENTED' | 'INTERNAL' | 'UNAVAILABLE'
  | 'DATA_LOSS' | 'UNAUTHENTICATED';

export interface DomainErrorOptions {
  /** Facts a caller may act on, for example `{ field: 'limit', retryAfterMs: '500' }`; never secrets, never internals. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * A failure with a class, a stable reason and a sentence for a person. `reason` is UPPER_SNAKE and listed in the README of
 * the scope that throws it; `message` says what was wrong, where, and what to do.
 */
export class DomainError extends Error {
  readonly metadata: Readonly<Record<string, string>>;

  constructor(readonly code: ErrorCode, readonly reason: string, message: string, options: DomainErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.metadata = options.metadata ?? {};
  }
}

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof Error && error.name === 'DomainError' && 'code' in error && 'reason' in error;
}
