import type { Best } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';

/** The first `limit` rows of an order that the filter allows, for as long as `until` doesn't say stop; scores are given by row. */
export function firstRows(
  order: Int32Array,
  { filter, limit, scoreOf, until = () => false }: { filter: SearchSet; limit: number; scoreOf: (row: number) => number; until?: (row: number) => boolean },
): Best {
  const rows = new Int32Array(limit);
  const scores = new Float32Array(limit);
  let size = 0;
  for (let i = 0; i < order.length && size < limit; i++) {
    const row = order[i]!;
    if (until(row)) break;
    if (!filter.allows(row)) continue;
    rows[size] = row;
    scores[size++] = scoreOf(row);
  }
  return { rows: rows.subarray(0, size), scores: scores.subarray(0, size) };
}
