import { setTimeout as sleep } from 'node:timers/promises';

/** Does something again and again, each time so many milliseconds after the last, until it is stopped. */
export class Rounds {
  private readonly stopped = new AbortController();
  private running: Promise<void> | undefined;

  /** @param work is not to reject */
  constructor(private readonly everyMs: number, private readonly work: () => Promise<void>) {}

  /** Begins, unless it has begun. */
  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the round that is under way. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    for (;;) {
      await sleep(this.everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.work();
    }
  }
}
