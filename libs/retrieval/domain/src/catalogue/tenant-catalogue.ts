import type { ItemColumns } from '@serendip/shared-catalogue';
import type { ItemStatistic } from '@serendip/shared-layouts';
import { KeptVerdicts, type RowVerdicts } from '../expressions/row-verdicts.js';
import { CategoryRows } from './category-rows.js';
import type { CatalogueView } from './catalogue-view.js';
import { Derived, type Clock } from './derived.js';
import { EligibleRows, type RowSet } from './eligible-rows.js';
import { ExposureOrder } from './exposure-order.js';
import { newestRows } from './newest-rows.js';
import { popularityOrder, type PopularityOrder } from './popularity-order.js';

/** One tenant's catalogue with all that is derived from it. Orders may be a second old; eligibility never is. */
export class TenantCatalogue {
  private readonly eligibleRows: EligibleRows;
  private readonly categoryRows: Derived<CategoryRows>;
  private readonly newestRows: Derived<Int32Array>;
  private readonly exposureOrder: Derived<ExposureOrder>;
  private readonly keptVerdicts: KeptVerdicts;
  private readonly orders = new Map<ItemStatistic, Derived<PopularityOrder>>();

  constructor(readonly view: CatalogueView, private readonly clock: Clock) {
    this.eligibleRows = new EligibleRows(view);
    this.keptVerdicts = new KeptVerdicts(view.columns);
    this.categoryRows = new Derived(() => new CategoryRows(view.columns), clock);
    this.newestRows = new Derived(() => newestRows(view.columns), clock);
    this.exposureOrder = new Derived(() => new ExposureOrder(view.columns), clock);
  }

  get columns(): ItemColumns {
    return this.view.columns;
  }

  eligible(nowMs: number): RowSet {
    return this.eligibleRows.at(nowMs);
  }

  /** How often something derived has been built; what is due is built first. The same number and revisions, the same answers at the same time. */
  builds(): number {
    const { catalogueRevision, statisticsRevision } = this.view;
    this.categoryRows.refresh(catalogueRevision);
    this.newestRows.refresh(catalogueRevision);
    this.exposureOrder.refresh(catalogueRevision + statisticsRevision);
    let builds = this.categoryRows.builds + this.newestRows.builds + this.exposureOrder.builds;
    for (const order of this.orders.values()) {
      order.refresh(catalogueRevision + statisticsRevision);
      builds += order.builds;
    }
    return builds;
  }

  /** What a filter of the item alone has answered so far. */
  verdicts(source: string): RowVerdicts {
    return this.keptVerdicts.of(source);
  }

  categories(): CategoryRows {
    return this.categoryRows.at(this.view.catalogueRevision);
  }

  newest(): Int32Array {
    return this.newestRows.at(this.view.catalogueRevision);
  }

  exposures(): ExposureOrder {
    return this.exposureOrder.at(this.view.catalogueRevision + this.view.statisticsRevision);
  }

  popularity(statistic: ItemStatistic): PopularityOrder {
    let order = this.orders.get(statistic);
    if (order === undefined) {
      order = new Derived(() => popularityOrder(this.view.columns, statistic), this.clock);
      this.orders.set(statistic, order);
    }
    return order.at(this.view.catalogueRevision + this.view.statisticsRevision);
  }
}
