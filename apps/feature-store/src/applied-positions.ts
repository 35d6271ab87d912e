import { setTimeout as sleep } from 'node:timers/promises';
import { TRIM_GROUPS, type ConsumerPositions } from '@serendip/events-domain';
import type { PartitionStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';

const EVERY_MS = 15_000;

/** Tells the log's writer what has been applied for good, whoever applied it: before that it may not be trimmed. */
export class AppliedPositions {
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** @param store where what is applied is written, with nothing before it that waits. */
  constructor(private readonly store: Pick<PartitionStore, 'head'>, private readonly positions: ConsumerPositions, private readonly logger: Logger) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  /** Commits the cursors that have moved on; never back, though state may be made again from its beginning. */
  async commit(): Promise<void> {
    const known = await this.positions.committed(TRIM_GROUPS.applied);
    const heads = await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => this.store.head(partition)));
    const moved = heads.map(({ cursor: position }, partition) => ({ partition, position })).filter(({ partition, position }) => position > known[partition]!);
    if (moved.length > 0) await this.positions.commit(TRIM_GROUPS.applied, moved);
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await this.commit().catch((err: unknown) => this.logger.warn({ err }, 'What has been applied could not be told; nothing more is trimmed until then.'));
      await sleep(EVERY_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }
}
