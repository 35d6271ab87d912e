import type { Best } from '../ordering/top-k.js';

/** The first `limit` rows of an order that are in the mask, for as long as `until` doesn't say stop; scores are given by row. */
export function firstRows(
  order: Int32Array,
  { mask, limit, scoreOf, until = () => false }: { mask: Uint8Array; limit: number; scoreOf: (row: number) => number; until?: (row: number) => boolean },
): Best {
  const rows = new Int32Array(limit);
  const scores = new Float32Array(limit);
  let size = 0;
  for (let i = 0; i < order.length && size < limit; i++) {
    const row = order[i]!;
    if (mask[row] !== 1) continue;
    if (until(row)) break;
    rows[size] = row;
    scores[size++] = scoreOf(row);
  }
  return { rows: rows.subarray(0, size), scores: scores.subarray(0, size) };
}
