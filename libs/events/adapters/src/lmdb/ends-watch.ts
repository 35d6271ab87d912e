import type { EndsFile } from './ends-file.js';

const activePollMs = 4;
const idlePollMs = 10;
const activeForMs = 500;

interface Waiter {
  readonly since: readonly number[];
  readonly resolve: () => void;
}

/** Wakes who waits for ends to move: at once when this process moves them, within a poll when another does. */
export class EndsWatch {
  private readonly waiters = new Set<Waiter>();
  private timer: NodeJS.Timeout | undefined;
  private lastEnds: readonly number[] = [];
  private lastMove = -Infinity;
  private closed = false;

  constructor(private readonly file: EndsFile) {}

  /** The ends, once one differs from `since`, or after a time, or on `close`. */
  async wait(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    const ends = this.file.read();
    if (this.closed || moved(ends, since)) return ends;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        since,
        resolve: () => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.resolve, timeoutMs);
      this.waiters.add(waiter);
      this.timer ??= setTimeout(() => this.poll(), activePollMs);
    });
    return this.closed ? ends : this.file.read();
  }

  /** Looks now. */
  check(): void {
    const ends = this.file.read();
    if (ends !== this.lastEnds) {
      this.lastEnds = ends;
      this.lastMove = performance.now();
    }
    for (const waiter of this.waiters) if (moved(ends, waiter.since)) waiter.resolve();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const { resolve } of this.waiters) resolve();
  }

  private poll(): void {
    this.timer = undefined;
    this.check();
    if (this.waiters.size === 0 || this.closed) return;
    this.timer = setTimeout(() => this.poll(), performance.now() - this.lastMove < activeForMs ? activePollMs : idlePollMs);
  }
}

function moved(ends: readonly number[], since: readonly number[]): boolean {
  return ends !== since && ends.some((end, partition) => end !== (since[partition] ?? 0));
}
