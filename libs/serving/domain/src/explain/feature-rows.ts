import type { FeatureRows } from '../recommendation.js';

/** The rows of some items, in their order; items without one are left out. Copies, so that what they were part of can go. */
export function rowsOf({ names, values, ordinals }: FeatureRows, wanted: readonly number[]): FeatureRows {
  const width = names.length;
  const places = new Map(Array.from(ordinals, (ordinal, row) => [ordinal, row]));
  const found = wanted.filter((ordinal) => places.has(ordinal));
  const picked = new Float32Array(found.length * width);
  found.forEach((ordinal, i) => {
    const from = places.get(ordinal)! * width;
    picked.set(values.subarray(from, from + width), i * width);
  });
  return { names, values: picked, ordinals: Int32Array.from(found) };
}

/** What is logged of an answer's rows: those of the items shown, then the best of the others, `most` in all. */
export function loggedRows(rows: FeatureRows, { shown, most }: { readonly shown: readonly number[]; readonly most: number }): FeatureRows {
  if (rows.ordinals.length <= most) return rows;
  const first = new Set(shown);
  return rowsOf(rows, [...shown, ...[...rows.ordinals].filter((ordinal) => !first.has(ordinal))].slice(0, Math.max(most, shown.length)));
}
