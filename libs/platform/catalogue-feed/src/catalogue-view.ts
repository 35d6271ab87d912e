import { randomUUID } from 'node:crypto';
import { ItemColumns } from '@serendip/shared-catalogue';

/**
 * A tenant's item columns and how often they have changed, so that what is derived from them can tell when it is out of
 * date. When the feature store has started over, the whole view is replaced, not changed.
 */
export interface CatalogueView {
  readonly columns: ItemColumns;
  /** No other view of any process has it. */
  readonly name: string;
  /** Grows when items are added or changed. */
  readonly catalogueRevision: number;
  /** Grows when statistics change. */
  readonly statisticsRevision: number;
}

/** A view that its feed can write. */
export class MutableCatalogueView implements CatalogueView {
  readonly columns = new ItemColumns();
  readonly name = randomUUID().slice(0, 13);
  catalogueRevision = 0;
  statisticsRevision = 0;
}
