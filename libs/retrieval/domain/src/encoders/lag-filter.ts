import type { UserEncoder } from './user-encoder.js';

/** Rows are contiguous: value c of row r of a table `width` wide is at `r * width + c`. */
export interface LagFilterWeights {
  /** Width d of item and user vectors. */
  readonly dimension: number;
  /** How many of the newest items count. */
  readonly lags: number;
  /** Hidden units of the correction. */
  readonly hidden: number;
  /** items × d: an item as part of a history. */
  readonly itemIn: Float32Array;
  /** lags × d: how much each dimension of the item `l` steps back counts. */
  readonly lagWeights: Float32Array;
  /** hidden × d, hidden, d × hidden. */
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
}

/** Added to the mean square before its root is taken, here and in training. */
export const lagFilterEpsilon = 1e-6;

/**
 * Turns a user's newest interactions into a vector: h = Σ w[l] ⊙ itemIn[item l steps back], n = h ÷ rms(h),
 * y = n + W₂·relu(W₁·n + b₁). An item i then scores y · itemOut[i] + bias[i].
 */
export class LagFilterEncoder implements UserEncoder {
  readonly dimension: number;
  private readonly itemCount: number;
  private readonly normal: Float32Array;

  constructor(private readonly weights: LagFilterWeights) {
    const { dimension, lags, hidden, itemIn, lagWeights, w1, b1, w2 } = weights;
    const sizes = [lagWeights.length - lags * dimension, w1.length - hidden * dimension, b1.length - hidden, w2.length - dimension * hidden, itemIn.length % dimension];
    if (sizes.some((difference) => difference !== 0)) throw new RangeError('The weights of a lag-filter encoder do not fit its dimension, lags and hidden units.');
    this.dimension = dimension;
    this.itemCount = itemIn.length / dimension;
    this.normal = new Float32Array(dimension);
  }

  /**
   * Writes the user vector (d values) to `out` and answers how many items it is made of. `recent` holds item rows, **newest
   * first**. Rows that do not exist (-1: an item the model has not seen) and immediate repeats are skipped and take no lag,
   * as in training. Without any known item `out` is zeros and the answer 0.
   */
  encode(recent: ArrayLike<number>, out: Float32Array): number {
    const used = this.sum(recent);
    if (used === 0) out.fill(0, 0, this.dimension);
    else this.correct(out);
    return used;
  }

  private sum(recent: ArrayLike<number>): number {
    const { normal, dimension, itemCount } = this;
    const { itemIn, lagWeights, lags } = this.weights;
    normal.fill(0);
    let lag = 0;
    let previous = -1;
    for (let i = 0; i < recent.length && lag < lags; i++) {
      const item = recent[i]!;
      if (!(item >= 0 && item < itemCount) || item === previous) continue;
      previous = item;
      const from = item * dimension;
      const weight = lag * dimension;
      for (let c = 0; c < dimension; c++) normal[c]! += lagWeights[weight + c]! * itemIn[from + c]!;
      lag++;
    }
    return lag;
  }

  private correct(out: Float32Array): void {
    const { normal, dimension } = this;
    const { hidden, w1, b1, w2 } = this.weights;
    let square = 0;
    for (let c = 0; c < dimension; c++) square += normal[c]! * normal[c]!;
    const scale = 1 / Math.sqrt(square / dimension + lagFilterEpsilon);
    for (let c = 0; c < dimension; c++) {
      normal[c]! *= scale;
      out[c] = normal[c]!;
    }
    for (let j = 0; j < hidden; j++) {
      let unit = b1[j]!;
      for (let c = 0, at = j * dimension; c < dimension; c++) unit += w1[at + c]! * normal[c]!;
      if (unit <= 0) continue;
      for (let c = 0, at = j; c < dimension; c++, at += hidden) out[c]! += w2[at]! * unit;
    }
  }
}
