import { NO_ROWS } from '../sources/retrieval-source.js';
import { firstRows } from '../sources/ordered-rows.js';
import type { VisitFilter } from '../expressions/visit-expressions.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { SearchSet } from '../request/search-filter.js';
import type { PopularityOrder } from '../catalogue/popularity-order.js';

/**
 * For each pin the best allowed rows that match it: by the retriever's score for this user or, without a user vector, the most popular, then by row.
 * As many as there are pins, so that each pin finds one whatever the others take.
 */
export function pinnedRows({ expressions: { pins }, filter, retriever, userVector }: RetrievalQuery, popularity: PopularityOrder): readonly Int32Array[] {
  return pins.map((pin) => {
    const matching: SearchSet = { rows: pin.passing?.() ?? filter.rows, mask: filter.mask, allows: both(filter, pin) };
    if (retriever !== undefined && userVector !== undefined) return retriever.searchHere(userVector, matching, pins.length).rows;
    return mostPopular(matching, { popularity, limit: pins.length });
  });
}

function both(filter: SearchSet, pin: VisitFilter): (row: number) => boolean {
  return (row) => pin.test(row) && filter.allows(row);
}

function mostPopular(filter: SearchSet, { popularity, limit }: { readonly popularity: PopularityOrder; readonly limit: number }): Int32Array {
  const options = { filter, limit, scoreOf: () => 0 };
  const popular = filter.rows.length === 0 ? NO_ROWS : firstRows(popularity.rows, options);
  if (popular.rows.length === limit) return popular.rows;
  const others = firstRows(filter.rows, { ...options, filter: { ...filter, allows: (row) => !(popularity.logShare[row]! > -Infinity) && filter.allows(row) }, limit: limit - popular.rows.length });
  return Int32Array.of(...popular.rows, ...others.rows);
}
