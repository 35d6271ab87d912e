import type { DependencyStatus } from '@serendip/platform-telemetry';
import { DomainError } from '@serendip/shared-errors';
import { before } from './deadline.js';

export interface AppendBounds {
  readonly events: number;
  readonly bytes: number;
}

export interface Append extends AppendBounds {
  /** Epoch milliseconds, Infinity for none. */
  readonly deadlineMs: number;
}

const defaultBounds: AppendBounds = { events: 20_000, bytes: 64 * 1024 * 1024 };
const retryAfterMs = 500;
/** An append that waits longer makes the log not ready, milliseconds. */
const slowMs = 5_000;
/** How long one failed append makes the log not ready, milliseconds: then traffic may try again. */
const failureMs = 5_000;

/** Bounds what waits for the log: beyond it callers are told to come back, and memory stays flat. */
export class AppendBuffer {
  private readonly running = new Set<{ readonly sinceMs: number }>();
  private waiting: AppendBounds = { events: 0, bytes: 0 };
  private failedAtMs = -Infinity;

  constructor(private readonly bounds: AppendBounds = defaultBounds) {}

  /** Events and bytes that wait for the log now. */
  get size(): AppendBounds {
    return this.waiting;
  }

  /** Throws RESOURCE_EXHAUSTED/OVERLOADED when so much more does not fit. */
  requireRoom({ events, bytes }: AppendBounds): void {
    if (this.waiting.events + events <= this.bounds.events && this.waiting.bytes + bytes <= this.bounds.bytes) return;
    throw new DomainError('RESOURCE_EXHAUSTED', 'OVERLOADED', 'More events wait for the log than fit: send them again a little later.', { metadata: { retryAfterMs: String(retryAfterMs) } });
  }

  /**
   * Runs an append within the bounds; what is late goes on and counts until it has settled. Throws RESOURCE_EXHAUSTED/OVERLOADED,
   * or UNAVAILABLE/LOG_SLOW once the deadline has passed.
   */
  async run<T>({ events, bytes, deadlineMs }: Append, append: () => Promise<T>): Promise<T> {
    this.requireRoom({ events, bytes });
    return before(deadlineMs, this.counted({ events, bytes }, append), logSlow);
  }

  /** Whether the log takes what it is given. */
  status(): DependencyStatus {
    const nowMs = performance.now();
    const [oldest] = this.running;
    const waitedMs = oldest === undefined ? 0 : nowMs - oldest.sinceMs;
    if (waitedMs > slowMs) return { name: 'log', ready: false, detail: `an append waits for ${(waitedMs / 1000).toFixed(1)} s` };
    if (nowMs - this.failedAtMs < failureMs) return { name: 'log', ready: false, detail: 'the last append failed' };
    return { name: 'log', ready: true };
  }

  private async counted<T>({ events, bytes }: AppendBounds, append: () => Promise<T>): Promise<T> {
    const entry = { sinceMs: performance.now() };
    this.running.add(entry);
    this.waiting = { events: this.waiting.events + events, bytes: this.waiting.bytes + bytes };
    try {
      const result = await append();
      this.failedAtMs = -Infinity;
      return result;
    } catch (error) {
      if (isFailure(error)) this.failedAtMs = performance.now();
      throw error;
    } finally {
      this.running.delete(entry);
      this.waiting = { events: this.waiting.events - events, bytes: this.waiting.bytes - bytes };
    }
  }
}

const isFailure = (error: unknown): boolean => !(error instanceof DomainError) || error.code === 'UNAVAILABLE';

/** What is late may be in the log all the same: it is safe to send again, under the same event ids or as the same batch. */
function logSlow(): DomainError {
  return new DomainError('UNAVAILABLE', 'LOG_SLOW', 'The log did not say in time that the events are durable: send them again with the same eventId.', { metadata: { retryAfterMs: String(retryAfterMs) } });
}
