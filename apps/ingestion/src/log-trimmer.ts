import { setTimeout as sleep } from 'node:timers/promises';
import { trimPositions, type OpenLog } from '@serendip/events-domain';
import type { Logger } from '@serendip/platform-logging';

const EVERY_MS = 30_000;

/** Trims the log of what state has applied and the archive has had for longer than the retention. Only the log's writer can. */
export class LogTrimmer {
  private readonly stopped = new AbortController();
  private readonly trimmed = new Map<number, number>();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly log: Pick<OpenLog, 'trim' | 'positions'>, private readonly logger: Logger) {}

  start(): void {
    this.running = this.run();
  }

  /** Ends after the partition that is being trimmed. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  /** Trims once what may go since the last time. */
  async trim(): Promise<void> {
    for (const { partition, position } of await trimPositions(this.log.positions)) {
      if (this.stopped.signal.aborted) return;
      if (position <= (this.trimmed.get(partition) ?? 0)) continue;
      await this.log.trim(partition, position);
      this.trimmed.set(partition, position);
      this.logger.debug({ partition, position }, 'The log was trimmed.');
    }
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await this.trim().catch((err: unknown) => this.logger.warn({ err }, 'The log could not be trimmed; it is tried again.'));
      await sleep(EVERY_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }
}
