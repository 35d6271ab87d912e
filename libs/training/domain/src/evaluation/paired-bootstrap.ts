import { Random } from '../random.js';
import { mean } from './ranking-metrics.js';

export interface PairedBootstrapOptions {
  /** Resamples; default 1,000. */
  readonly samples?: number;
  /** Share of resamples inside the interval; default 0.95. */
  readonly confidence?: number;
  readonly seed?: number;
  /**
   * A number for each case: cases of the same group depend on each other (the events of one person) and are drawn together (cluster
   * bootstrap, Cameron, Gelbach & Miller 2008). Without it every case is its own group.
   */
  readonly groups?: ArrayLike<number>;
}

/** A mean difference and the interval its resamples fall in. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The mean of `a[i] − b[i]` with a percentile interval over resampled cases (Efron 1979): the same case keeps its pair, so
 * what makes cases hard or easy for both cancels. `a` and `b` have the same length; no cases give zeros.
 */
export function pairedBootstrap(a: ArrayLike<number>, b: ArrayLike<number>, { samples = 1000, confidence = 0.95, seed = 1, groups }: PairedBootstrapOptions = {}): Interval {
  if (a.length !== b.length) throw new RangeError(`A paired comparison needs pairs, not ${a.length} and ${b.length} values.`);
  if (groups !== undefined && groups.length !== a.length) throw new RangeError(`There are ${groups.length} groups for ${a.length} cases.`);
  const differences = Float64Array.from(a, (value, i) => value - b[i]!);
  if (differences.length === 0) return { mean: 0, low: 0, high: 0 };
  const { sums, sizes } = totals(differences, groups);
  const random = new Random(seed);
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    let size = 0;
    for (let i = 0; i < sums.length; i++) {
      const drawn = random.below(sums.length);
      sum += sums[drawn]!;
      size += sizes[drawn]!;
    }
    means[sample] = sum / size;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  const at = (share: number): number => means[Math.min(samples - 1, Math.max(0, Math.round(share * (samples - 1))))]!;
  return { mean: mean(differences), low: at(tail), high: at(1 - tail) };
}

/** Sum and size of each group, in the order in which groups first appear. */
function totals(differences: Float64Array, groups: ArrayLike<number> | undefined): { readonly sums: Float64Array; readonly sizes: Float64Array } {
  if (groups === undefined) return { sums: differences, sizes: new Float64Array(differences.length).fill(1) };
  const places = new Map<number, number>();
  const placeOf = Int32Array.from(groups, (group) => {
    if (!places.has(group)) places.set(group, places.size);
    return places.get(group)!;
  });
  const sums = new Float64Array(places.size);
  const sizes = new Float64Array(places.size);
  differences.forEach((difference, i) => {
    sums[placeOf[i]!]! += difference;
    sizes[placeOf[i]!]!++;
  });
  return { sums, sizes };
}
