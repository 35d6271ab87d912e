import type { CatalogueReader } from './catalogue-view.js';
import type { Clock } from './derived.js';
import { TenantCatalogue } from './tenant-catalogue.js';

/** Every tenant's catalogue with what is derived from it, kept for as long as its view is the same. */
export class TenantCatalogues {
  private readonly known = new Map<string, TenantCatalogue>();

  constructor(private readonly reader: CatalogueReader, private readonly clock: Clock) {}

  /** Undefined while there is none to serve from. */
  of(tenant: string): TenantCatalogue | undefined {
    const view = this.reader.view(tenant);
    const known = this.known.get(tenant);
    if (view === undefined || known?.view === view) return view === undefined ? undefined : known;
    const catalogue = new TenantCatalogue(view, this.clock);
    this.known.set(tenant, catalogue);
    return catalogue;
  }
}
