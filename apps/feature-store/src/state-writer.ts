import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteBehindStateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';
import { Rounds } from './rounds.js';

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
  private readonly rounds = new Rounds(EVERY_MS, () => this.write(this.turn++));
  private turn = 0;

  constructor(private readonly parts: WriterParts) {}

  start(): void {
    this.rounds.start();
  }

  /** Ends after the write that is under way; what waits then is written when the store is closed. */
  async stop(): Promise<void> {
    await this.rounds.stop();
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
