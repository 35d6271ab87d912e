import { DomainError } from '@serendip/shared-errors';

/** A write that its caller may send again, by a key of the caller's making. */
export interface IdempotentRequest {
  readonly tenant: string;
  /** 1 to 128 characters. */
  readonly key: string;
  /** SHA-256 of all that was asked. */
  readonly fingerprint: Uint8Array;
}

export interface KeptAnswer {
  /** HTTP status, 2xx. */
  readonly status: number;
  readonly body: Uint8Array;
}

/** What is kept of a key: who holds it, and the answer once there is one. */
export interface KeptKey {
  readonly fingerprint: Uint8Array;
  readonly reservedAtMs: number;
  readonly answer: KeptAnswer | undefined;
}

/** How much a tenant's keys are. */
export interface KeysInUse {
  readonly count: number;
  readonly bytes: number;
}

export const IDEMPOTENCY = {
  /** How long a key is kept. */
  lastsMs: 24 * 3_600_000,
  /** After so long nobody works on a request any more: whoever did has ended. */
  leaseMs: 60_000,
  /** Of one tenant at a time. */
  mostKeys: 10_000,
  mostBytes: 64 * 1024 * 1024,
} as const;

/** Keeps keys and answers. Every method throws UNAVAILABLE/DATABASE_UNAVAILABLE while the database is away. */
export abstract class IdempotencyKeys {
  /**
   * The answer that is kept for the key, or nothing: then the key is the caller's, who keeps an answer or releases it. Throws INVALID_ARGUMENT/IDEMPOTENCY_KEY_REUSED
   * (another request has it), ABORTED/IDEMPOTENCY_KEY_IN_USE (the request is being worked on), RESOURCE_EXHAUSTED/IDEMPOTENCY_KEYS_EXHAUSTED.
   */
  abstract reserve(request: IdempotentRequest, nowMs: number): Promise<KeptAnswer | undefined>;
  /** Keeps the answer of a reserved key, if it is still this request's. */
  abstract keep(request: IdempotentRequest, answer: KeptAnswer): Promise<void>;
  /** Gives a reserved key back without an answer, if it is still this request's. */
  abstract release(request: IdempotentRequest): Promise<void>;
}

/** What a request may do with the key that it names: `take` it, or `answer` what is kept. Throws as `reserve`. */
export function decide(kept: KeptKey | undefined, { fingerprint }: IdempotentRequest, { nowMs, inUse }: { readonly nowMs: number; readonly inUse: KeysInUse }): KeptAnswer | 'take' {
  if (kept === undefined || isOver(kept, nowMs)) {
    if (inUse.count >= IDEMPOTENCY.mostKeys || inUse.bytes >= IDEMPOTENCY.mostBytes) throw exhausted();
    return 'take';
  }
  if (Buffer.compare(kept.fingerprint, fingerprint) !== 0) throw reused();
  if (kept.answer !== undefined) return kept.answer;
  if (nowMs - kept.reservedAtMs < IDEMPOTENCY.leaseMs) throw inProgress();
  return 'take';
}

/** Whether a key is no longer kept. */
export const isOver = ({ reservedAtMs }: Pick<KeptKey, 'reservedAtMs'>, nowMs: number): boolean => nowMs - reservedAtMs >= IDEMPOTENCY.lastsMs;

const reused = (): DomainError => new DomainError(
  'INVALID_ARGUMENT', 'IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key belongs to another request: make a new one for each request.', { metadata: { httpStatus: '422' } },
);

const inProgress = (): DomainError => new DomainError(
  'ABORTED', 'IDEMPOTENCY_KEY_IN_USE', 'The request with this Idempotency-Key is being worked on: send it again in a moment.', { metadata: { retryAfterMs: '1000' } },
);

const exhausted = (): DomainError => new DomainError(
  'RESOURCE_EXHAUSTED', 'IDEMPOTENCY_KEYS_EXHAUSTED', `${IDEMPOTENCY.mostKeys} keys of the last 24 hours are kept, and 64 MiB of their answers: send the request without one.`, { metadata: { retryAfterMs: '3600000' } },
);
