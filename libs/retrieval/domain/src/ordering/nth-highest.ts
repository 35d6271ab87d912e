const BINS = 1024;
/** Used again by every call; a call is synchronous. */
const counts = new Uint32Array(BINS);

/**
 * What a little more than the `n` highest of these finite values reach: at least n + 1 do, and of values that lie evenly few more. -Infinity when there are no
 * more than n. O(values), by a histogram.
 */
export function nthHighest(values: Float32Array, n: number): number {
  if (n >= values.length) return -Infinity;
  let [least, most] = [values[0]!, values[0]!];
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  const perUnit = BINS / (most - least);
  if (!(perUnit > 0 && perUnit < Infinity)) return least;
  counts.fill(0);
  for (let i = 0; i < values.length; i++) counts[binOf(values[i]! - least, perUnit)]!++;
  let bin = BINS;
  for (let reached = 0; reached <= n; ) reached += counts[--bin]!;
  let lowest = most;
  for (let i = 0; i < values.length; i++) if (values[i]! < lowest && binOf(values[i]! - least, perUnit) >= bin) lowest = values[i]!;
  return lowest;
}

const binOf = (above: number, perUnit: number): number => Math.min(BINS - 1, (above * perUnit) | 0);
