import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { EventLog } from '@serendip/events-domain';
import { StatisticsRollup, type Documents, type ProcessedBatch, type StateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS, hash64 } from '@serendip/shared-identity';
import { PartitionRunner } from './partition-runner.js';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';

export interface FollowerParts {
  readonly log: EventLog;
  readonly store: StateStore;
  readonly documents: Documents;
  readonly logger: Logger;
  readonly metrics: FeatureStoreMetrics;
  readonly dedupe: boolean;
}

const WAIT_MS = 100;
const RETRY_MS = 500;

type Listener = () => void;

/** Applies every partition as records come, keeps the rolled-up statistics, and tells who watches the catalogue. */
@Injectable()
export class LogFollower implements OnApplicationShutdown {
  readonly rollup = new StatisticsRollup();
  readonly runners: readonly PartitionRunner[];
  private readonly listeners = new Set<Listener>();
  private stopped = false;
  private following: Promise<void> = Promise.resolve();
  /** True once everything that was in the log at the start has been applied. */
  caughtUp = false;

  constructor(private readonly parts: FollowerParts) {
    const runnerParts = { ...parts, onBatch: this.onBatch.bind(this) };
    this.runners = Array.from({ length: PARTITIONS }, (_, partition) => new PartitionRunner(partition, runnerParts));
  }

  /** Loads what is known and begins to follow. */
  async start(): Promise<void> {
    for await (const entry of this.parts.store.reader.statistics()) this.rollup.add(entry);
    await Promise.all(this.runners.map((runner) => runner.load()));
    this.following = this.follow();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.following;
  }

  /** Calls the listener after the catalogue has changed; answers how to stop that. */
  onCatalogueChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async follow(): Promise<void> {
    const { log, logger } = this.parts;
    let ends: readonly number[] = [];
    while (!this.stopped) {
      try {
        const seenAtMs = Date.now();
        ends = this.caughtUp ? await log.waitForAppend(ends, WAIT_MS) : await log.ends();
        const atMs = this.caughtUp ? Math.max(seenAtMs, Date.now() - WAIT_MS) : seenAtMs;
        const work = this.runners.map((runner, partition) => runner.advance(ends[partition] ?? 0, atMs));
        if (!this.caughtUp) {
          await Promise.all(work);
          this.caughtUp = true;
          logger.info('Every partition is applied to its end.');
        }
        for (const advance of work) advance.catch((error: unknown) => logger.error({ err: error }, 'A partition stopped.'));
        // What was appended while others were applied is seen in the next round, so that no partition waits for another.
        await Promise.race([Promise.all(work), new Promise((resolve) => setTimeout(resolve, 2))]);
      } catch (error) {
        if (this.stopped) return;
        logger.error({ err: error }, 'The log can not be read; trying again.');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private onBatch(partition: number, batch: ProcessedBatch, facts: { readonly records: number; readonly poison: number; readonly tookMs: number }): void {
    for (const added of batch.statisticsAdded) this.rollup.add(added);
    // What happened to an item before it came into the catalogue can be told of only now.
    for (const { item } of batch.commit.items) if (item.version === 1) this.rollup.touch({ tenant: item.tenant, ...hash64(item.id) });
    if (batch.commit.items.length > 0) for (const listener of this.listeners) listener();
    this.parts.metrics.batch(partition, { ...facts, applied: batch.applied, duplicates: batch.duplicates });
  }
}
