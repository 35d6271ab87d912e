import { setTimeout as sleep } from 'node:timers/promises';
import { StatisticsRollup, type ItemRow, type StateReader } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';

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

/** Statistics of items over all partitions, as they are applied. */
export class RolledUpStatistics {
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

  /** Adds what a batch has counted; to be called before the partition's next batch begins. */
  add(partition: number, counted: readonly ItemRow[]): void {
    for (const entry of counted) this.rollup.add(entry);
    if (this.remake?.partitions.has(partition)) for (const entry of counted) this.remake.rollup.add(entry);
  }

  /** The store is not where it was left: its statistics are read anew, partition by partition between batches, and replace what was added up. */
  doubt(): void {
    this.isDoubted = true;
    this.remaking ??= this.remakeAll().finally(() => { this.remaking = undefined; });
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
