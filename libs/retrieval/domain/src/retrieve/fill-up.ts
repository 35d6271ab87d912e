import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { PopularityOrder } from '../catalogue/popularity-order.js';
import type { MergedCandidates } from './merged-candidates.js';

/**
 * Adds allowed rows until there are `limit` candidates or no more rows: first the popular ones, most popular first, then any.
 * So a list is full whenever enough items may be shown, however narrow the filters and however little sources find.
 */
export function fillUp(candidates: MergedCandidates, { filter }: RetrievalQuery, { popularity, limit, bit }: { popularity: PopularityOrder; limit: number; bit: number }): number {
  const before = candidates.count;
  let missing = limit - before;
  for (const order of [popularity.rows, filter.rows]) {
    for (let i = 0; i < order.length && missing > 0; i++) {
      const row = order[i]!;
      if (candidates.place(row) >= 0 || !filter.allows(row)) continue;
      candidates.add(row, bit);
      missing--;
    }
  }
  return candidates.count - before;
}
