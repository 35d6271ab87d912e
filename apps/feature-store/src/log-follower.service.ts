import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { EventLog } from '@serendip/events-domain';
import type { Documents, ProcessedBatch, StatisticsRollup, WriteBehindStateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';
import { BatchSize } from './batch-size.js';
import { EndsHistory } from './ends-history.js';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';
import type { ItemStatistics } from './item-statistics.js';
import type { OutboxSender } from './outbox-sender.js';
import type { Ownership } from './ownership.js';
import { PartitionRunner, type BatchFacts } from './partition-runner.js';
import type { PoisonReports } from './poison-reports.js';
import { RolledUpStatistics } from './rolled-up-statistics.js';
import { SharedStatistics } from './shared-statistics.js';
import { StoreWatch } from './store-watch.js';
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
  /** Which partitions this process has, where several share the state; undefined for all of them. */
  readonly ownership: Ownership | undefined;
  /** Milliseconds between two looks at which items' statistics have changed. */
  readonly statisticsEveryMs: number;
}

const WAIT_MS = 100;
/** What several feature stores do at least, milliseconds, between two looks at the log's ends: each of them wakes for every append, and most are for others. */
const GATHER_MS = 5;
const RETRY_MS = 500;
/** How long a read waits for what the log has already, milliseconds, and for how many records at most: who is further behind says so instead. */
const MOST_AWAITED_MS = 15;
const MOST_AWAITED_RECORDS = 200;

type Listener = (partition: number) => void;

/** Applies every partition that this process has as records come, keeps the statistics, and tells who watches the catalogue. */
@Injectable()
export class LogFollower implements OnApplicationShutdown {
  readonly runners: readonly PartitionRunner[];
  readonly history = new EndsHistory();
  /** True once everything that was in the log at the start has been applied, of the partitions that this process had then. */
  caughtUp = false;
  /** False while the log can not be read. */
  logReadable = true;
  private readonly statistics: ItemStatistics;
  private readonly watch: StoreWatch | undefined;
  private readonly listeners = new Set<Listener>();
  private firstEnds: readonly number[] = [];
  private stopped = false;
  private following: Promise<void> = Promise.resolve();

  constructor(private readonly parts: FollowerParts) {
    const { store, logger, ownership, statisticsEveryMs, poison } = parts;
    if (ownership === undefined) {
      this.statistics = new RolledUpStatistics({ reader: store.reader, logger, between: (partition, work) => this.runners[partition]!.between(work) });
    } else {
      this.statistics = new SharedStatistics({ store, counted: store.shared!.counted, logger, everyMs: statisticsEveryMs });
      this.watch = new StoreWatch({
        store: store.partitions, logger, owns: (partition) => ownership.owns(partition), end: (partition) => this.history.end(partition),
        onCatalogueChange: (partition) => {
          this.statistics.catalogueChanged(partition);
          this.tell(partition);
        },
      });
    }
    const runnerParts = {
      ...parts, turns: new Turns(), batchSize: new BatchSize(),
      onBatch: this.onBatch.bind(this), onStale: () => this.statistics.doubt(), onPoison: poison.add.bind(poison),
    };
    this.runners = Array.from({ length: PARTITIONS }, (_, partition) => new PartitionRunner(partition, runnerParts));
    store.partitions.whenStale((partition) => this.runners[partition]!.doubt());
    store.shared?.whenSwitched((partition) => this.switched(partition));
  }

  /** Whether this process has a partition. */
  owns(partition: number): boolean {
    return this.parts.ownership?.owns(partition) ?? true;
  }

  /** Where the log of a partition ended when this process began. */
  firstEnd(partition: number): number {
    return this.firstEnds[partition] ?? 0;
  }

  /** Runners of the partitions that this process has. */
  get owned(): readonly PartitionRunner[] {
    return this.runners.filter(({ partition }) => this.owns(partition));
  }

  /** For a person: how many partitions it has, and which is the furthest behind. */
  lag(): string {
    const nowMs = Date.now();
    const worst = this.owned.reduce<PartitionRunner | undefined>((found, runner) => (runner.lagSeconds(nowMs) > (found?.lagSeconds(nowMs) ?? 0) ? runner : found), undefined);
    const where = worst === undefined ? '0.0 s behind' : `${worst.lagSeconds(nowMs).toFixed(1)} s behind in partition ${worst.partition} (${worst.lagRecords} records)`;
    return `${this.owned.length} of ${PARTITIONS} partitions, ${where}`;
  }

  /** Milliseconds since a partition was known to be applied to its log's end; undefined for one that this process does not have or has not caught up with. */
  ageMs(partition: number): number | undefined {
    return this.owns(partition) ? this.runners[partition]!.ageMs(Date.now()) : undefined;
  }

  /**
   * Waits a moment for what the log has of some partitions and is not applied yet: who was just told that an event is kept finds it in what they ask for
   * next. Never rejects, and does not wait for a partition that is far behind, or another's.
   */
  async applied(partitions: readonly number[]): Promise<void> {
    const ends = this.parts.log.knownEnds();
    const behind = [...new Set(partitions)].filter((partition) => this.owns(partition) && this.runners[partition]!.isJustBehind(ends[partition] ?? 0, MOST_AWAITED_RECORDS));
    if (behind.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, MOST_AWAITED_MS);
    void Promise.allSettled(behind.map((partition) => {
      const runner = this.runners[partition]!;
      // Ends that are known need not be those of now: no time is said.
      runner.notice(ends[partition]!, 0);
      return runner.idle();
    })).then(() => resolve());
    await promise;
    clearTimeout(timer);
  }

  /** Milliseconds since all that the log had of a partition was before a cursor. */
  ageOf(partition: number, cursor: number): number {
    return Date.now() - this.history.wholeAtMs(partition, cursor);
  }

  /** Loads what is known, joins those who share the partitions, and begins to follow. */
  async start(): Promise<void> {
    const { ownership, log } = this.parts;
    await this.statistics.load();
    const askedMs = Date.now();
    const ends = await log.ends();
    this.firstEnds = ends;
    if (ownership === undefined) await Promise.all(this.runners.map((runner) => runner.load(ends[runner.partition] ?? 0)));
    else {
      this.notice(ends, askedMs);
      await ownership.start({ take: (partition) => void this.take(partition), letGo: (partition) => this.letGo(partition) });
    }
    this.following = this.follow(askedMs);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Resolves when nothing is under way any more; the log and the store may be closed then. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.parts.ownership?.stop();
    await Promise.all([this.following, this.statistics.stop(), this.watch?.stop(), ...this.runners.map((runner) => runner.letGo())]);
  }

  /** Calls the listener with the partition after items of it have changed; answers how to stop that. */
  onCatalogueChange(listener: Listener): () => void {
    this.watch?.start();
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Statistics of items over all partitions, once they are complete. */
  openStatistics(): Promise<StatisticsRollup> {
    this.watch?.start();
    return this.statistics.open();
  }

  /** Does something while nothing is applied. */
  async whilePaused(work: () => Promise<void>): Promise<void> {
    const { promise: over, resolve: goOn } = Promise.withResolvers<void>();
    await Promise.all(this.runners.map((runner) => new Promise<void>((paused) => {
      void runner.between(async () => {
        paused();
        await over;
      });
    })));
    try {
      await work();
    } finally {
      goOn();
    }
  }

  /**
   * The store goes on over another generation, which may be ahead of what was applied here: everybody looks where it is. What partitions had for each
   * other is all there again.
   */
  generationChanged(): void {
    for (const runner of this.runners) runner.doubt();
    this.statistics.replaced();
    for (const { partition } of this.runners) this.tell(partition);
    if (this.caughtUp) this.parts.sender.start();
  }

  /** As `generationChanged`, of one partition of a state that is shared: its runner has been told. */
  private switched(partition: number): void {
    this.statistics.replaced();
    this.tell(partition);
    this.parts.sender.notice(partition);
  }

  /** @param askedMs when the ends that are known were asked for. */
  private async follow(askedMs: number): Promise<void> {
    const { log, logger } = this.parts;
    let ends: readonly number[] = [];
    let beforeMs = askedMs;
    while (!this.stopped) {
      try {
        const beganMs = Date.now();
        const found = await log.waitForAppend(ends, WAIT_MS);
        // News may have been on its way for some time, in a process that was held up for long, but not since before the last wait: that one would have had it.
        this.notice(found, found.some((end, partition) => end !== ends[partition]) ? beforeMs : beganMs);
        [ends, beforeMs] = [found, beganMs];
        this.logReadable = true;
        if (!this.caughtUp) await this.catchUp();
        if (this.parts.ownership !== undefined) await sleep(GATHER_MS);
      } catch (error) {
        if (this.stopped) return;
        this.logReadable = false;
        logger.error({ err: error }, 'The log can not be read; trying again.');
        await sleep(RETRY_MS);
      }
    }
  }

  private notice(ends: readonly number[], atMs: number): void {
    this.history.note(ends, atMs);
    for (const runner of this.runners) runner.notice(ends[runner.partition] ?? 0, atMs);
  }

  private async catchUp(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.idle()));
    if (this.stopped) return;
    this.caughtUp = true;
    this.parts.sender.start();
    this.parts.logger.info('Every partition is applied to its end.');
  }

  private async take(partition: number): Promise<void> {
    await this.runners[partition]!.take();
    this.parts.sender.notice(partition);
  }

  private async letGo(partition: number): Promise<void> {
    const { store, logger } = this.parts;
    await this.runners[partition]!.letGo();
    await store.flush([partition]).catch((error: unknown) => logger.warn({ err: error, partition }, 'What was let go could not be written: it is made again from the log.'));
    await store.partitions.forget(partition);
  }

  private onBatch(partition: number, batch: ProcessedBatch, facts: BatchFacts): void {
    const { items, outgoing } = batch.commit;
    if (outgoing.length > 0) this.parts.sender.notice(partition);
    this.statistics.applied(partition, batch);
    if (items.length > 0) this.tell(partition);
    this.parts.metrics.batch({ ...facts, applied: batch.applied, duplicates: batch.duplicates });
  }

  private tell(partition: number): void {
    for (const listener of this.listeners) listener(partition);
  }
}
