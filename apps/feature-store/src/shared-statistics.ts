import { setTimeout as sleep } from 'node:timers/promises';
import { StatisticsRollup, type CountedStatistics, type ItemKey, type ProcessedBatch, type StateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS, hash64 } from '@serendip/shared-identity';
import type { ItemStatistics } from './item-statistics.js';
import { Rounds } from './rounds.js';

export interface SharedStatisticsParts {
  readonly store: StateStore;
  readonly counted: CountedStatistics;
  readonly logger: Logger;
  /** Milliseconds between two looks at what has changed. */
  readonly everyMs: number;
}

const RETRY_MS = 500;
const MOST_ITEMS = 200;

/**
 * Statistics of items over all partitions, whoever counts them, as the store has them: what has changed is asked of each partition, and the
 * rows of these items are read anew, so nothing is added twice or missed when partitions change hands. Nothing is read before somebody asks.
 */
export class SharedStatistics implements ItemStatistics {
  private readonly rollup = new StatisticsRollup();
  /** Up to where what each partition has counted is in the rollup. */
  private readonly positions = new Float64Array(PARTITIONS);
  /** The newest change of an item that was looked at, by partition. */
  private readonly sequences = new Float64Array(PARTITIONS);
  private readonly changedCatalogue = new Set<number>();
  private loaded: Promise<void> | undefined;
  private isReplaced = false;
  private readonly rounds: Rounds;

  constructor(private readonly parts: SharedStatisticsParts) {
    this.rounds = new Rounds(parts.everyMs, () => this.follow());
  }

  async load(): Promise<void> {}

  async open(): Promise<StatisticsRollup> {
    this.loaded ??= this.begin().catch((error: unknown) => {
      this.loaded = undefined;
      throw error;
    });
    await this.loaded;
    this.rounds.start();
    return this.rollup;
  }

  applied(partition: number, { commit: { items } }: ProcessedBatch): void {
    if (items.length > 0) this.catalogueChanged(partition);
  }

  /** Statistics of new items can be told of only now. */
  catalogueChanged(partition: number): void {
    this.changedCatalogue.add(partition);
  }

  doubt(): void {}

  /** Everything is read anew in the next round. */
  replaced(): void {
    this.isReplaced = true;
  }

  async stop(): Promise<void> {
    await this.rounds.stop();
  }

  private async begin(): Promise<void> {
    const { partitions } = this.parts.store;
    for (let partition = 0; partition < PARTITIONS; partition++) this.sequences[partition] = (await partitions.head(partition)).sequence;
    await this.read();
  }

  private async read(): Promise<void> {
    this.isReplaced = false;
    const { partitions, reader } = this.parts.store;
    const rollup = new StatisticsRollup();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      // Before the rows: what is counted meanwhile is read once more.
      this.positions[partition] = (await partitions.head(partition)).cursor;
      for await (const entry of reader.statistics(partition)) rollup.add(entry);
    }
    this.rollup.replaceBy(rollup);
  }

  private async follow(): Promise<void> {
    try {
      if (this.isReplaced) await this.readAnew();
      await this.look();
      // Those that change meanwhile are the next round's: there may be no end of them.
      for (const partition of [...this.changedCatalogue]) await this.lookAtItems(partition);
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'What was counted can not be read from the store; trying again.');
      await sleep(RETRY_MS);
    }
  }

  private async readAnew(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      this.isReplaced = true;
      throw error;
    }
  }

  private async look(): Promise<void> {
    const { counted } = this.parts;
    const changes = await Promise.all(Array.from(this.positions, (position, partition) => counted.changedAfter(partition, position)));
    const keys = new Map<string, ItemKey>();
    for (const change of changes) for (const key of change.keys) keys.set(`${key.tenant} ${key.hi} ${key.lo}`, key);
    const changed = [...keys.values()];
    const rows = await counted.totals(changed);
    changed.forEach((key, i) => this.rollup.set({ key, row: rows[i]! }));
    changes.forEach(({ position }, partition) => { this.positions[partition] = position; });
  }

  private async lookAtItems(partition: number): Promise<void> {
    this.changedCatalogue.delete(partition);
    try {
      await this.touchItems(partition);
    } catch (error) {
      this.changedCatalogue.add(partition);
      throw error;
    }
  }

  private async touchItems(partition: number): Promise<void> {
    const { sequence } = await this.parts.store.partitions.head(partition);
    for (const tenant of this.rollup.tenantNames) {
      for (let after = this.sequences[partition]!; after < sequence;) {
        const items = await this.parts.store.catalogue.changedItems(tenant, partition, { after, max: MOST_ITEMS });
        for (const { id } of items) this.rollup.touch({ tenant, ...hash64(id) });
        after = items.length < MOST_ITEMS ? sequence : items.at(-1)!.sequence;
      }
    }
    this.sequences[partition] = sequence;
  }
}
