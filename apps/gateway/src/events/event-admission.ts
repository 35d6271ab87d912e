import type { ServerResponse } from 'node:http';
import { DomainError } from '@serendip/shared-errors';

/** Longer than this means that too much is let in. A sixth of what a write may take. */
const TARGET_MS = 500;
const LOWERED = 0.8;
const BOUNDS = { least: 64 * 1024, first: 1024 * 1024, most: 64 * 1024 * 1024 };
/** What a request costs besides its body, in bytes of a body. */
const REQUEST_BYTES = 1024;
const RETRY_AFTER_MS = 1000;

/**
 * Bounds how many bytes of events are worked on at a time, by how long they take: additive increase, multiplicative decrease, as TCP finds what a
 * path carries (Jacobson 1988). Without it, more than can be done makes everything late: each write is done and given up, and almost none is acknowledged.
 */
export class EventAdmission {
  private limit = BOUNDS.first;
  private inFlight = 0;
  private loweredAtMs = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns what to call once the request is answered or gone. Throws RESOURCE_EXHAUSTED/OVERLOADED. */
  enter(bodyBytes: number): () => void {
    const bytes = bodyBytes + REQUEST_BYTES;
    if (this.inFlight > 0 && this.inFlight + bytes > this.limit) {
      throw new DomainError('RESOURCE_EXHAUSTED', 'OVERLOADED', 'More events come than can be worked on: send them again a little later.', { metadata: { retryAfterMs: String(RETRY_AFTER_MS) } });
    }
    this.inFlight += bytes;
    const enteredMs = this.now();
    return () => this.leave(bytes, this.now() - enteredMs);
  }

  /** Enters until the response is closed, which it may be already: its caller can go away while the body is read. Throws RESOURCE_EXHAUSTED/OVERLOADED. */
  enterUntilClosed(response: Pick<ServerResponse, 'destroyed' | 'once'>, bodyBytes: number): void {
    const leave = this.enter(bodyBytes);
    if (response.destroyed) leave();
    else response.once('close', leave);
  }

  private leave(bytes: number, tookMs: number): void {
    const wasUsed = this.inFlight > this.limit / 2;
    this.inFlight -= bytes;
    if (tookMs <= TARGET_MS) {
      if (wasUsed) this.limit = Math.min(BOUNDS.most, this.limit + (bytes * bytes) / this.limit);
      return;
    }
    // What was let in before the limit was lowered is late, too, and says nothing new.
    if (this.now() - this.loweredAtMs < TARGET_MS) return;
    this.loweredAtMs = this.now();
    this.limit = Math.max(BOUNDS.least, this.limit * LOWERED);
  }
}
