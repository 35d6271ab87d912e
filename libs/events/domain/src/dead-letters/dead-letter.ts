import { createHash } from 'node:crypto';

/**
 * Who refused, and so what the original is: `gateway` JSON that is no event, `ingestion` an encoded event of a client,
 * `feature-store` an encoded event that a processor sent to another partition, `log` a record that is no event.
 */
export type DeadLetterSource = 'gateway' | 'ingestion' | 'feature-store' | 'log';

/** Something that was refused, or could not be read, as it came. */
export interface Refusal {
  readonly tenant: string;
  readonly source: DeadLetterSource;
  /** UPPER_SNAKE. */
  readonly reason: string;
  /** A sentence for a person. */
  readonly detail: string;
  /** Whom it is about; '' where that is not known. */
  readonly userId: string;
  readonly original: Uint8Array;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Where a record stands in the log. */
  readonly place?: { readonly partition: number; readonly position: number };
}

/** A refusal as it is kept: the same original refused again counts once more. */
export interface DeadLetter extends Omit<Refusal, 'atMs'> {
  /** The same for the same tenant and original. */
  readonly id: string;
  /** How often it was refused, from 1. */
  readonly count: number;
  /** Epoch milliseconds. */
  readonly firstAtMs: number;
  /** Epoch milliseconds. */
  readonly lastAtMs: number;
  /** True when the original was longer than what is kept of it. */
  readonly isCut: boolean;
}

/** What is kept at most. */
export const DEAD_LETTER_LIMITS = {
  /** Of a tenant. */
  letters: 10_000,
  /** Since it was last refused, milliseconds. */
  ageMs: 30 * 24 * 3_600_000,
  /** Bytes of an original; longer ones are cut. */
  originalBytes: 64 * 1024,
  detailCharacters: 1_000,
  userIdCharacters: 256,
} as const;

const idPattern = /^dl_[0-9a-f]{32}$/;

export const isDeadLetterId = (text: string): boolean => idPattern.test(text);

/** The id of what was refused: the first 128 bits of the SHA-256 of tenant and original. */
export function deadLetterIdOf(tenant: string, original: Uint8Array): string {
  return `dl_${createHash('sha256').update(`${tenant}\0`).update(original).digest('hex').slice(0, 32)}`;
}

/** What is kept once more was refused, after `before` if it is there already: the newest reason holds. */
export function refusedAgain({ atMs, ...refusal }: Refusal, id: string, before: DeadLetter | undefined): DeadLetter {
  const { letters: _, ageMs: __, ...most } = DEAD_LETTER_LIMITS;
  return {
    ...refusal,
    id,
    detail: refusal.detail.slice(0, most.detailCharacters),
    userId: refusal.userId.length > most.userIdCharacters ? '' : refusal.userId,
    original: refusal.original.subarray(0, most.originalBytes),
    isCut: refusal.original.length > most.originalBytes,
    count: (before?.count ?? 0) + 1,
    firstAtMs: before?.firstAtMs ?? atMs,
    lastAtMs: Math.max(before?.lastAtMs ?? 0, atMs),
  };
}
