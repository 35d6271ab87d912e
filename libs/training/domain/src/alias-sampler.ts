import type { Random } from './random.js';

/** Draws indices in proportion to fixed weights, each draw in constant time (Walker's alias method, as built by Vose). */
export class AliasSampler {
  /** The probability of each index. */
  readonly probabilities: Float64Array;
  private readonly keep: Float64Array;
  private readonly alias: Int32Array;

  /** `weights` are finite, at least 0, and one of them is above 0. */
  constructor(weights: ArrayLike<number>) {
    const size = weights.length;
    let total = 0;
    for (let i = 0; i < size; i++) total += weights[i]!;
    if (!(total > 0) || !Number.isFinite(total)) throw new RangeError('The weights of a sampler must have a finite sum above 0.');
    this.probabilities = Float64Array.from(weights, (weight) => weight / total);
    this.keep = this.probabilities.map((probability) => probability * size);
    this.alias = new Int32Array(size);
    this.pair();
  }

  next(random: Random): number {
    const index = random.below(this.keep.length);
    return random.unit() < this.keep[index]! ? index : this.alias[index]!;
  }

  private pair(): void {
    const { keep, alias } = this;
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < keep.length; i++) (keep[i]! < 1 ? small : large).push(i);
    while (small.length > 0 && large.length > 0) {
      const low = small.pop()!;
      const high = large.at(-1)!;
      alias[low] = high;
      keep[high] = keep[high]! + keep[low]! - 1;
      if (keep[high]! < 1) small.push(large.pop()!);
    }
    for (const index of [...small, ...large]) keep[index] = 1;
  }
}
