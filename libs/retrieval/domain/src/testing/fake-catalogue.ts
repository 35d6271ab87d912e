import { ITEM_RECORD, ItemColumns, type CatalogueItem } from '@serendip/shared-catalogue';
import { statisticColumn, type ItemStatistic } from '@serendip/shared-layouts';
import type { CatalogueReader, CatalogueView } from '../catalogue/catalogue-view.js';

/** What a test says of an item; it is eligible unless said otherwise. */
export type FakeItem = Partial<Omit<CatalogueItem, 'ordinal'>> & { readonly id: string; readonly statistics?: Partial<Record<ItemStatistic, number>> };

/** One tenant's catalogue in memory, which every tenant gets. Ordinals are 64 apart, as those of one partition are. */
export class FakeCatalogue implements CatalogueReader, CatalogueView {
  readonly columns = new ItemColumns();
  catalogueRevision = 0;
  statisticsRevision = 0;

  constructor(items: readonly FakeItem[] = []) {
    this.put(items);
  }

  view(): CatalogueView {
    return this;
  }

  /** Adds or replaces items. */
  put(items: readonly FakeItem[]): void {
    for (const { statistics, ...item } of items) {
      const known = this.columns.rowOfId(item.id);
      const ordinal = (known >= 0 ? known : this.columns.size) * 64 + 7;
      this.columns.apply([{
        version: (known >= 0 ? this.columns.version[known]! : 0) + 1, deleted: false, title: item.id, categories: [], tags: [], price: NaN, available: true,
        publishedAtMs: -Infinity, expiresAtMs: Infinity, attributes: {}, ...item, ordinal,
      }]);
      this.count(item.id, statistics ?? {});
    }
    this.catalogueRevision++;
  }

  /** Sets statistics of an item as they are stored. */
  count(id: string, statistics: Partial<Record<ItemStatistic, number>>): void {
    const at = this.columns.rowOfId(id) * ITEM_RECORD.width;
    for (const [name, value] of Object.entries(statistics)) this.columns.records[at + statisticColumn(name as ItemStatistic)] = value;
    this.statisticsRevision++;
  }

  ordinal(id: string): number {
    return this.columns.ordinal[this.columns.rowOfId(id)]!;
  }
}
