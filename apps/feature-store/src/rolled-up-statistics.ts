import { setTimeout as sleep } from 'node:timers/promises';
import { StatisticsRollup, type ProcessedBatch, type StateReader } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS, hash64 } from '@serendip/shared-identity';
import type { ItemStatistics } from './item-statistics.js';

export interface StatisticsParts {
  readonly reader: StateReader;
  readonly logger: Logger;
  /** Does something while no batch of a partition is under way. */
  readonly between: (partition: number, work: () => Promise<void>) => Promise<void>;
}

/** Statistics that are being read from the store, and the partitions that are in them. */
interface Remake {
  readonly rollup: StatisticsRollup;
  readonly partitions: Set<number>;
}

const RETRY_MS = 500;

/** Statistics of items over all partitions, added up as this process applies them: for a process that has all of them. */
export class RolledUpStatistics implements ItemStatistics {
  readonly rollup = new StatisticsRollup();
  private remake: Remake | undefined;
  private isDoubted = false;
  private remaking: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly parts: StatisticsParts) {}

  /** Reads what is stored; to be awaited before anything is applied. */
  async load(): Promise<void> {
    for (let partition = 0; partition < PARTITIONS; partition++) await this.read(partition, this.rollup);
  }

  async open(): Promise<StatisticsRollup> {
    return this.rollup;
  }

  applied(partition: number, { statisticsAdded, commit: { items } }: ProcessedBatch): void {
    for (const entry of statisticsAdded) this.rollup.add(entry);
    if (this.remake?.partitions.has(partition)) for (const entry of statisticsAdded) this.remake.rollup.add(entry);
    // What happened to an item before it came into the catalogue can be told of only now.
    for (const { item } of items) if (item.version === 1) this.rollup.touch({ tenant: item.tenant, ...hash64(item.id) });
  }

  catalogueChanged(): void {}

  /** The store is not where it was left: its statistics are read anew, partition by partition between batches, and replace what was added up. */
  doubt(): void {
    this.isDoubted = true;
    this.remaking ??= this.remakeAll().finally(() => { this.remaking = undefined; });
  }

  replaced(): void {
    this.doubt();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.remaking;
  }

  private async remakeAll(): Promise<void> {
    while (this.isDoubted && !this.isStopped) {
      this.isDoubted = false;
      try {
        await this.remakeOnce();
      } catch (error) {
        this.isDoubted = true;
        this.parts.logger.error({ err: error }, 'Statistics of items could not be read from the store; trying again.');
        await sleep(RETRY_MS);
      }
    }
  }

  private async remakeOnce(): Promise<void> {
    const remake: Remake = { rollup: new StatisticsRollup(), partitions: new Set() };
    this.remake = remake;
    try {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        if (this.isDoubted || this.isStopped) return;
        await this.parts.between(partition, async () => {
          await this.read(partition, remake.rollup);
          remake.partitions.add(partition);
        });
      }
      if (!this.isDoubted) this.rollup.replaceBy(remake.rollup);
    } finally {
      this.remake = undefined;
    }
  }

  private async read(partition: number, into: StatisticsRollup): Promise<void> {
    for await (const entry of this.parts.reader.statistics(partition)) into.add(entry);
  }
}
