import { MessageDocuments, MemoryStateStore } from '@serendip/features-adapters';
import { PartitionApplier, StatisticsRollup, type ProcessedBatch, type UserKey } from '@serendip/features-domain';
import { catalogueItemOf } from '@serendip/platform-catalogue-feed';
import type { CatalogueReader, CatalogueView } from '@serendip/retrieval-domain';
import { ItemColumns } from '@serendip/shared-catalogue';
import { create, events, features, fromBinary } from '@serendip/shared-contracts';
import { isDomainError } from '@serendip/shared-errors';
import { PARTITIONS, hash64 } from '@serendip/shared-identity';
import { ITEM_STATISTICS_WIDTH } from '@serendip/shared-layouts';

/** A record of the log that is an event. */
export interface ReplayedRecord {
  readonly partition: number;
  readonly position: number;
  readonly event: events.Event;
}

const NOBODY = new Uint8Array(0);

/** The state of one tenant as the feature store has it after some records, made by the processors' own code; and the item columns that the other services make of it. */
export class ReplayedState implements CatalogueReader {
  private readonly store = new MemoryStateStore();
  private readonly rollup = new StatisticsRollup();
  private readonly columns = new ItemColumns();
  private readonly appliers: readonly PartitionApplier[];
  private readonly cursors = new Float64Array(PARTITIONS);
  private readonly own: { columns: ItemColumns; catalogueRevision: number; statisticsRevision: number } = { columns: this.columns, catalogueRevision: 0, statisticsRevision: 0 };
  private shown = 0;

  constructor(private readonly tenant: string) {
    const documents = new MessageDocuments();
    this.appliers = Array.from({ length: PARTITIONS }, (_, partition) => new PartitionApplier(partition, { store: this.store, documents }));
  }

  /** Applies the next record of a partition, in its order. */
  async apply(record: ReplayedRecord): Promise<void> {
    const { partition, position } = record;
    const end = position + 1;
    const { commit, statisticsAdded } = await this.applied(record, end);
    this.cursors[partition] = end;
    for (const added of statisticsAdded) this.rollup.add(added);
    const items = commit.items.map(({ item }) => item).filter(({ tenant }) => tenant === this.tenant);
    for (const item of items) if (item.version === 1) this.rollup.touch({ tenant: this.tenant, ...hash64(item.id) });
    if (items.length > 0) {
      this.columns.apply(items.map(({ ordinal, version, deleted, document }) => catalogueItemOf(create(features.CatalogueEntrySchema, { ordinal, version, deleted, item: fromBinary(events.ItemSchema, document) }))));
      this.own.catalogueRevision++;
    }
    // What goes to other partitions stands in their own logs.
    if (commit.outgoing.length > 0) await this.store.sent(partition, Infinity);
  }

  /** An event that can not be applied is passed over, as the feature store does. */
  private async applied(record: ReplayedRecord, end: number): Promise<ProcessedBatch> {
    const { partition } = record;
    const place = { cursor: this.cursors[partition]!, end };
    try {
      return await this.appliers[partition]!.apply([record], place);
    } catch (error) {
      if (!isDomainError(error) || error.reason !== 'EVENT_UNPROCESSABLE') throw error;
      return this.appliers[partition]!.apply([], place);
    }
  }

  /** A user's state; empty for none. */
  async user(key: UserKey): Promise<Uint8Array> {
    const [record] = await this.store.users([key]);
    return record ?? NOBODY;
  }

  /** The item columns, as of what has been applied once `update` has been called. */
  view(): CatalogueView {
    return this.own;
  }

  /** Brings the columns' statistics up to date. */
  async update(): Promise<void> {
    for (;;) {
      const { rows, revision } = this.rollup.changedSince(this.tenant, this.shown, Infinity);
      this.shown = revision;
      if (rows.length === 0) return;
      const ordinals = await this.store.ordinals(rows.map(({ key }) => key));
      const known = rows.filter((_, i) => ordinals[i]! >= 0);
      const statistics = new Float64Array(known.length * ITEM_STATISTICS_WIDTH);
      known.forEach(({ row }, i) => statistics.set(row, i * ITEM_STATISTICS_WIDTH));
      this.columns.applyStatistics(ordinals.filter((ordinal) => ordinal >= 0), statistics);
      this.own.statisticsRevision++;
    }
  }
}
