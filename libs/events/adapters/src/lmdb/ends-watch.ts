import { watch, type FSWatcher } from 'node:fs';
import type { EndsFile } from './ends-file.js';

/** How often to look where the system tells of changes: in case it ever does not. */
const watchedPollMs = 50;
/** How often to look where it can't. */
const pollMs = 4;

interface Waiter {
  readonly since: readonly number[];
  readonly resolve: () => void;
}

/** Wakes who waits for ends to move: at once when this process moves them, and when the system tells that another one does. */
export class EndsWatch {
  private readonly waiters = new Set<Waiter>();
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly file: EndsFile) {}

  /** The ends, once one differs from `since`, or after a time, or on `close`. */
  async wait(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    const ends = this.file.read();
    if (this.closed || moved(ends, since)) return ends;
    this.watcher ??= this.follow();
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
      this.pollLater();
    });
    return this.closed ? ends : this.file.read();
  }

  /** Looks now. */
  check(): void {
    if (this.waiters.size === 0) return;
    const ends = this.file.read();
    for (const waiter of this.waiters) if (moved(ends, waiter.since)) waiter.resolve();
  }

  close(): void {
    this.closed = true;
    this.watcher?.close();
    clearTimeout(this.timer);
    for (const { resolve } of this.waiters) resolve();
  }

  /** Nothing where the system has no more watches to give. */
  private follow(): FSWatcher | undefined {
    try {
      const watcher = watch(this.file.path, { persistent: false }, () => this.check());
      return watcher.on('error', () => { this.watcher = undefined; });
    } catch {
      return undefined;
    }
  }

  private pollLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.check();
      if (this.waiters.size > 0 && !this.closed) this.pollLater();
    }, this.watcher === undefined ? pollMs : watchedPollMs);
  }
}

function moved(ends: readonly number[], since: readonly number[]): boolean {
  return ends !== since && ends.some((end, partition) => end !== (since[partition] ?? 0));
}
