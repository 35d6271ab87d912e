import { Random } from '../random.js';
import { mean } from './ranking-metrics.js';

export interface PairedBootstrapOptions {
  /** Resamples; default 1,000. */
  readonly samples?: number;
  /** Share of resamples inside the interval; default 0.95. */
  readonly confidence?: number;
  readonly seed?: number;
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
export function pairedBootstrap(a: ArrayLike<number>, b: ArrayLike<number>, { samples = 1000, confidence = 0.95, seed = 1 }: PairedBootstrapOptions = {}): Interval {
  if (a.length !== b.length) throw new RangeError(`A paired comparison needs pairs, not ${a.length} and ${b.length} values.`);
  const differences = Float64Array.from(a, (value, i) => value - b[i]!);
  const size = differences.length;
  if (size === 0) return { mean: 0, low: 0, high: 0 };
  const random = new Random(seed);
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += differences[random.below(size)]!;
    means[sample] = sum / size;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  const at = (share: number): number => means[Math.min(samples - 1, Math.max(0, Math.round(share * (samples - 1))))]!;
  return { mean: mean(differences), low: at(tail), high: at(1 - tail) };
}
