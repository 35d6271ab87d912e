import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteBehindStateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';

export interface WriterParts {
  readonly store: Pick<WriteBehindStateStore, 'flush' | 'check'>;
  readonly logger: Logger;
  readonly metrics: Pick<FeatureStoreMetrics, 'written'>;
}

const EVERY_MS = 50;
/** In so many steps every partition is written once: more in one go would keep the event loop, fewer would cost more writes. */
const STEPS = 4;
/** Every so many times that a partition's turn comes, it is looked whether the store is where it was left: about once a second. */
const TURNS_TO_CHECK = 5;
const RETRY_MS = 500;

/** Writes what waits in the state store: a part of the partitions every 50 ms, each within about 200 ms of its change. Now and then it looks whether the store still has it. */
export class StateWriter {
  private isStopped = false;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: WriterParts) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the write that is under way; what waits then is written when the store is closed. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.isStopped; turn++) {
      await sleep(EVERY_MS);
      await this.write(turn);
    }
  }

  private async write(turn: number): Promise<void> {
    const { store, metrics, logger } = this.parts;
    const partitions = Array.from({ length: PARTITIONS / STEPS }, (_, i) => i * STEPS + (turn % STEPS));
    const started = performance.now();
    try {
      await store.flush(partitions);
      metrics.written(performance.now() - started);
      if (turn % (STEPS * TURNS_TO_CHECK) < STEPS) await store.check(partitions);
    } catch (error) {
      logger.error({ err: error }, 'Some state could not be written or looked at; it is tried again, and made again from the log if this process ends.');
      await sleep(RETRY_MS);
    }
  }
}
