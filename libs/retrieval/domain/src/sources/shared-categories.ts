import type { TenantCatalogue } from '../catalogue/tenant-catalogue.js';
import type { TopK } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';

/** Small enough that popularity only decides between items that share the same categories. */
const POPULARITY_WEIGHT = 1e-3;
const LEAST_LOG_SHARE = -20;

/**
 * Offers the rows that share categories with the seeds (rows, -1 for unknown ones): the sum of the shared categories'
 * log(items ÷ items of the category), the more popular first among equals. The seeds themselves are left out.
 */
export function offerSharedCategories(seeds: readonly number[], { catalogue, filter, best }: { catalogue: TenantCatalogue; filter: SearchSet; best: TopK }): void {
  const { columns } = catalogue;
  const { logShare } = catalogue.popularity('engagement_7d');
  const shared = new Map<number, number>();
  for (const seed of seeds) {
    if (seed < 0) continue;
    for (const category of columns.categoriesOf(seed)) {
      const rows = catalogue.categories().of(category);
      const weight = Math.log(columns.size / rows.length);
      for (const row of rows) if (filter.allows(row)) shared.set(row, (shared.get(row) ?? 0) + weight);
    }
  }
  for (const seed of seeds) shared.delete(seed);
  for (const [row, weight] of shared) best.offer(row, weight + POPULARITY_WEIGHT * Math.max(LEAST_LOG_SHARE, logShare[row] ?? LEAST_LOG_SHARE));
}
