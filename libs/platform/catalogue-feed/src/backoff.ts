import { setTimeout as sleep } from 'node:timers/promises';

/** Waits longer after each failure in a row, up to a limit, and a random part of it so that clients don't return in step. */
export class Backoff {
  private failures = 0;

  constructor(private readonly firstMs: number, private readonly mostMs: number) {}

  /** Forgets the failures so far. */
  reset(): void {
    this.failures = 0;
  }

  /** Waits, or returns at once when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    const ms = Math.min(this.mostMs, this.firstMs * 2 ** this.failures++);
    await sleep(ms * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
  }
}
