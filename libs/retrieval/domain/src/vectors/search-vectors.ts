import { descendingOrder } from '@serendip/shared-pipeline';
import type { Best } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';
import type { PlaceSearch } from './place-search.js';
import type { RowVectors } from './row-vectors.js';

export interface VectorSearch {
  readonly set: SearchSet;
  /** Rows that are wanted. */
  readonly limit: number;
}

/** So many rows, or so small a share of all (one in …), cost less to score than all cost to scan; lists are quicker than a scan. */
const FEW_ROWS = 4096;
const FEW_SHARE = 8;
const FEW_SHARE_OF_LISTS = 64;

/**
 * The best rows of the set with their exact scores, best first, equal ones by lower row. Few rows are all scored. Of many, the likeliest by their codes are scored exactly, so that it takes
 * an unlikely error of a code, or a row far from its list, to lose one. Rows are asked about best first, no more than it takes.
 */
export function searchVectors(vectors: RowVectors, query: Float32Array, search: VectorSearch): Best {
  const { set, limit } = search;
  vectors.ask(query);
  return bestOf(isOfFew(vectors, set) ? [allOf(vectors, set)] : vectors.likely(query, { mask: set.mask, open: set.rows.length, wanted: limit }), search);
}

/**
 * The same with rows of the index found by `elsewhere`, and no approximation for them. Few rows are scored here, where that costs less than the way there; and all are searched here when `elsewhere`
 * can't, or when filters have turned down what it found.
 */
export async function searchVectorsBy(elsewhere: PlaceSearch, vectors: RowVectors, query: Float32Array, search: VectorSearch): Promise<Best> {
  const { set, limit } = search;
  if (isOfFew(vectors, set)) return searchVectors(vectors, query, search);
  // What can't search tells of it itself.
  const found = await vectors.likeliest(elsewhere, query, { mask: set.mask, open: set.rows.length, wanted: limit }).catch(() => undefined);
  if (found === undefined) return searchVectors(vectors, query, search);
  const best = bestOf([found.best], search);
  return found.isAll || best.rows.length === limit ? best : searchVectors(vectors, query, search);
}

const isOfFew = (vectors: RowVectors, { rows }: SearchSet): boolean => rows.length <= FEW_ROWS || rows.length * (vectors.hasLists ? FEW_SHARE_OF_LISTS : FEW_SHARE) < vectors.size;

/** All rows of the set, the query having been asked. */
function allOf(vectors: RowVectors, { rows: among, mask }: SearchSet): Best {
  const rows = among.filter((row) => mask[row] !== 0 && vectors.has(row));
  const scores = new Float32Array(rows.length);
  vectors.score(rows, scores);
  return { rows, scores };
}

/** The best rows of bands that are in order of their likelihood. */
function bestOf(bands: Iterable<Best>, { set, limit }: VectorSearch): Best {
  const found = { rows: new Int32Array(limit), scores: new Float32Array(limit) };
  let size = 0;
  let looked = 0;
  for (const band of bands) {
    const order = bestFirst(band);
    for (let i = 0; i < order.length && size < limit; i++) {
      const row = band.rows[order[i]!]!;
      if (!set.allows(row)) continue;
      found.rows[size] = row;
      found.scores[size++] = band.scores[order[i]!]!;
    }
    looked++;
    if (size === limit) break;
  }
  const best = { rows: found.rows.subarray(0, size), scores: found.scores.subarray(0, size) };
  return looked > 1 ? inOrder(best) : best;
}

/** Places of a band, best first, equal ones by lower row. */
function bestFirst({ rows, scores }: Best): Int32Array {
  const order = descendingOrder(scores);
  for (let from = 0, to = 1; from < order.length; from = to++) {
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    if (to - from > 1) order.subarray(from, to).sort((a, b) => rows[a]! - rows[b]!);
  }
  return order;
}

/** What several bands have found, whose codes may have put some in a wrong band; equal ones by lower row. */
function inOrder({ rows, scores }: Best): Best {
  const places = Array.from(rows.keys()).sort((a, b) => scores[b]! - scores[a]! || rows[a]! - rows[b]!);
  return { rows: rows.map((_, i) => rows[places[i]!]!), scores: scores.map((_, i) => scores[places[i]!]!) };
}
