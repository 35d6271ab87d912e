import type { ProcessedBatch, StatisticsRollup } from '@serendip/features-domain';

/** Statistics of items over all partitions, kept up to date. */
export interface ItemStatistics {
  /** Reads what must be known before anything is applied. */
  load(): Promise<void>;
  /** The statistics, once they are complete. */
  open(): Promise<StatisticsRollup>;
  /** A batch of a partition has been applied, and its next one has not begun. */
  applied(partition: number, batch: ProcessedBatch): void;
  /** Another process has changed items of a partition. */
  catalogueChanged(partition: number): void;
  /** The store is not where it was left. */
  doubt(): void;
  /** Another generation of the state is live: what was told may differ in any row. */
  replaced(): void;
  stop(): Promise<void>;
}
