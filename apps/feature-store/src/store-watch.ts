import type { PartitionStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';
import { Rounds } from './rounds.js';

export interface WatchParts {
  readonly store: Pick<PartitionStore, 'head'>;
  readonly logger: Logger;
  /** Whether this process applies a partition itself. */
  readonly owns: (partition: number) => boolean;
  /** Where the log of a partition ends. */
  readonly end: (partition: number) => number;
  /** Told of a partition whose items have changed. */
  readonly onCatalogueChange: (partition: number) => void;
}

const EVERY_MS = 100;

/** Finds out from the store where other processes have changed the catalogue: a look at each partition that is not at the end of its log, or was not at the last look. */
export class StoreWatch {
  private readonly cursors = new Float64Array(PARTITIONS).fill(-1);
  private readonly sequences = new Float64Array(PARTITIONS);
  private readonly rounds = new Rounds(EVERY_MS, () => this.look());

  constructor(private readonly parts: WatchParts) {}

  start(): void {
    this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds.stop();
  }

  private async look(): Promise<void> {
    try {
      await Promise.all(Array.from(this.cursors, (_, partition) => this.lookAt(partition)));
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'The store can not be looked at for what others have changed; trying again.');
    }
  }

  private async lookAt(partition: number): Promise<void> {
    const { store, owns, end, onCatalogueChange } = this.parts;
    if (owns(partition)) this.cursors[partition] = -1;
    if (owns(partition) || this.cursors[partition]! >= Math.max(0, end(partition))) return;
    const { cursor, sequence } = await store.head(partition);
    this.cursors[partition] = cursor;
    if (sequence === this.sequences[partition]) return;
    this.sequences[partition] = sequence;
    onCatalogueChange(partition);
  }
}
