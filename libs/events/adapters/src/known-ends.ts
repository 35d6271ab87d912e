import { PARTITIONS } from '@serendip/shared-identity';

interface Waiter {
  readonly since: readonly number[];
  readonly wake: () => void;
}

/** The furthest known end of each partition, and who waits for one to move. */
export class KnownEnds {
  private readonly waiters = new Set<Waiter>();
  private ends: readonly number[] = new Array<number>(PARTITIONS).fill(0);
  private closed = false;

  /** By partition; never goes back. */
  get now(): readonly number[] {
    return this.ends;
  }

  /** Whether somebody waits. */
  get awaited(): boolean {
    return this.waiters.size > 0;
  }

  /** Takes note of ends, wakes whom that concerns, and answers the furthest known. */
  note(ends: readonly number[]): readonly number[] {
    if (ends.some((end, partition) => end > this.ends[partition]!)) {
      this.ends = this.ends.map((known, partition) => Math.max(known, ends[partition]!));
      for (const waiter of this.waiters) if (this.past(waiter.since)) waiter.wake();
    }
    return this.ends;
  }

  /** Waits until an end is past `since`, for a time, or until `close`; answers whether there is nothing left to wait for. */
  async wait(since: readonly number[], timeoutMs: number): Promise<boolean> {
    if (this.closed || this.past(since)) return true;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        since,
        wake: () => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.wake, timeoutMs);
      this.waiters.add(waiter);
    });
    return this.closed || this.past(since);
  }

  close(): void {
    this.closed = true;
    for (const { wake } of this.waiters) wake();
  }

  private past(since: readonly number[]): boolean {
    return this.ends.some((end, partition) => end > (since[partition] ?? 0));
  }
}
