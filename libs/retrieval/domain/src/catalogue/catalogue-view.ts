import type { ItemColumns } from '@serendip/shared-catalogue';

/** A tenant's item columns and how often they have changed; a view is replaced when the catalogue is read from its beginning again. */
export interface CatalogueView {
  readonly columns: ItemColumns;
  /** Grows when items are added or changed. */
  readonly catalogueRevision: number;
  /** Grows when statistics change. */
  readonly statisticsRevision: number;
}

/** Where the catalogues are. */
export abstract class CatalogueReader {
  /** A tenant's catalogue; undefined while there is none to serve from. */
  abstract view(tenant: string): CatalogueView | undefined;
}
