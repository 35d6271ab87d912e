import type { Rejection } from './event.js';

/** What was not taken of a batch, by its place in it. */
export type Rejected = readonly (Rejection & { readonly index: number })[];

/** No answer, or one that says no. `reason` is the gateway's, or `NETWORK`, `TIMEOUT`, `NO_CONSENT`, `ANSWER_INVALID`. */
export class SerendipError extends Error {
  constructor(
    readonly reason: string,
    detail: string,
    /** HTTP status; 0 without an answer. */
    readonly status = 0,
    /** How long the gateway asks to wait. */
    readonly retryAfterMs = 0,
    /** Where nothing of a batch was taken: why, of each. */
    readonly rejected: Rejected = [],
  ) {
    super(detail);
  }
}
