import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { EventLog } from '@serendip/events-domain';
import type { Documents, ProcessedBatch, StatisticsRollup, WriteBehindStateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS, hash64 } from '@serendip/shared-identity';
import { BatchSize } from './batch-size.js';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';
import type { OutboxSender } from './outbox-sender.js';
import { PartitionRunner, type BatchFacts } from './partition-runner.js';
import type { PoisonReports } from './poison-reports.js';
import { RolledUpStatistics } from './rolled-up-statistics.js';
import { Turns } from './turns.js';

export interface FollowerParts {
  readonly log: EventLog;
  readonly store: WriteBehindStateStore;
  readonly documents: Documents;
  readonly logger: Logger;
  readonly metrics: FeatureStoreMetrics;
  readonly dedupe: boolean;
  readonly sender: Pick<OutboxSender, 'start' | 'notice'>;
  readonly poison: Pick<PoisonReports, 'add'>;
}

const WAIT_MS = 100;
const RETRY_MS = 500;

type Listener = (partition: number) => void;

/** Applies every partition as records come, keeps the rolled-up statistics, and tells who watches the catalogue. */
@Injectable()
export class LogFollower implements OnApplicationShutdown {
  readonly runners: readonly PartitionRunner[];
  /** True once everything that was in the log at the start has been applied. */
  caughtUp = false;
  /** False while the log can not be read. */
  logReadable = true;
  private readonly statistics: RolledUpStatistics;
  private readonly listeners = new Set<Listener>();
  private stopped = false;
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly parts: FollowerParts) {
    this.statistics = new RolledUpStatistics({ reader: parts.store.reader, logger: parts.logger, between: (partition, work) => this.runners[partition]!.between(work) });
    const runnerParts = {
      ...parts, turns: new Turns(), batchSize: new BatchSize(),
      onBatch: this.onBatch.bind(this), onStale: () => this.statistics.doubt(), onPoison: parts.poison.add.bind(parts.poison),
    };
    this.runners = Array.from({ length: PARTITIONS }, (_, partition) => new PartitionRunner(partition, runnerParts));
    parts.store.partitions.whenStale((partition) => this.runners[partition]!.doubt());
  }

  get rollup(): StatisticsRollup {
    return this.statistics.rollup;
  }

  /** Loads what is known and begins to follow. */
  async start(): Promise<void> {
    await this.statistics.load();
    await Promise.all(this.runners.map((runner) => runner.load()));
    this.following = this.follow();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Resolves when nothing is under way any more; the log and the store may be closed then. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.following, this.statistics.stop(), ...this.runners.map((runner) => runner.stop())]);
  }

  /** Calls the listener with the partition after items of it have changed; answers how to stop that. */
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
        ends = await log.waitForAppend(ends, WAIT_MS);
        // The ends were looked at when the wait was over, at the earliest WAIT_MS ago.
        const atMs = Math.max(seenAtMs, Date.now() - WAIT_MS);
        for (const runner of this.runners) runner.notice(ends[runner.partition] ?? 0, atMs);
        this.logReadable = true;
        if (!this.caughtUp) await this.catchUp();
      } catch (error) {
        if (this.stopped) return;
        this.logReadable = false;
        logger.error({ err: error }, 'The log can not be read; trying again.');
        await sleep(RETRY_MS);
      }
    }
  }

  private async catchUp(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.idle()));
    if (this.stopped) return;
    this.caughtUp = true;
    this.parts.sender.start();
    this.parts.logger.info('Every partition is applied to its end.');
  }

  private onBatch(partition: number, batch: ProcessedBatch, facts: BatchFacts): void {
    const { items, outgoing } = batch.commit;
    if (outgoing.length > 0) this.parts.sender.notice(partition);
    this.statistics.add(partition, batch.statisticsAdded);
    // What happened to an item before it came into the catalogue can be told of only now.
    for (const { item } of items) if (item.version === 1) this.rollup.touch({ tenant: item.tenant, ...hash64(item.id) });
    if (items.length > 0) for (const listener of this.listeners) listener(partition);
    this.parts.metrics.batch({ ...facts, applied: batch.applied, duplicates: batch.duplicates });
  }
}
