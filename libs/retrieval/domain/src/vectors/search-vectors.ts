import { descendingOrder } from '@serendip/shared-pipeline';
import type { Best } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';
import { likelyRows } from './likely-rows.js';
import type { VectorColumns } from './vector-columns.js';

export interface VectorSearch {
  readonly set: SearchSet;
  /** Rows there are. */
  readonly count: number;
  /** Rows that are wanted. */
  readonly limit: number;
}

/** So many rows, or so small a share of all (one in …), cost less to score than all cost to scan. */
const FEW_ROWS = 4096;
const FEW_SHARE = 8;

/**
 * The best rows of the set with their exact scores, best first, equal ones by lower row. Few rows are all scored. Of many, all are scored by their codes and
 * the likeliest exactly, so that it takes an unlikely error of a code to lose one. Rows are asked about best first, no more than it takes.
 */
export function searchVectors(vectors: VectorColumns, query: Float32Array, { set, count, limit }: VectorSearch): Best {
  vectors.ask(query);
  const few = set.rows.length <= FEW_ROWS || set.rows.length * FEW_SHARE < count;
  const bands = few ? [set.rows.filter((row) => set.mask[row] !== 0).sort()] : likelyRows(vectors, { mask: set.mask, count, wanted: limit });
  const found = { rows: new Int32Array(limit), scores: new Float32Array(limit) };
  let size = 0;
  let looked = 0;
  for (const band of bands) {
    const scores = new Float32Array(band.length);
    vectors.score(band, scores);
    const order = descendingOrder(scores);
    for (let i = 0; i < order.length && size < limit; i++) {
      const row = band[order[i]!]!;
      if (!set.allows(row)) continue;
      found.rows[size] = row;
      found.scores[size++] = scores[order[i]!]!;
    }
    looked++;
    if (size === limit) break;
  }
  const best = { rows: found.rows.subarray(0, size), scores: found.scores.subarray(0, size) };
  return looked > 1 ? inOrder(best) : best;
}

/** What several bands have found, whose codes may have put some in a wrong band; equal ones by lower row. */
function inOrder({ rows, scores }: Best): Best {
  const places = Array.from(rows.keys()).sort((a, b) => scores[b]! - scores[a]! || rows[a]! - rows[b]!);
  return { rows: rows.map((_, i) => rows[places[i]!]!), scores: scores.map((_, i) => scores[places[i]!]!) };
}
