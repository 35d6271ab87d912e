import type { LagFilterShape } from '@serendip/training-domain';

/**
 * The lag filter as matrices, one per dimension c: entry (p, t) is the weight of the item at place p of a stretch's inputs in
 * the t-th user vector of the stretch, which is `lagWeights[t + lags − 1 − p, c]`, or 0. Written to `out`: d × places × steps,
 * whose other entries are zero already.
 */
export function writeToeplitz(lagWeights: Float32Array, { dimension, lags, steps }: LagFilterShape, out: Float32Array): void {
  const places = lags - 1 + steps;
  for (let c = 0; c < dimension; c++) {
    for (let t = 0; t < steps; t++) {
      let at = (c * places + t) * steps + t;
      for (let l = lags - 1; l >= 0; l--, at += steps) out[at] = lagWeights[l * dimension + c]!;
    }
  }
}

/** The gradient of the lag weights from that of their matrices. */
export function foldToeplitz(gradient: Float32Array, { dimension, lags, steps }: LagFilterShape, out: Float32Array): void {
  const places = lags - 1 + steps;
  out.fill(0);
  for (let c = 0; c < dimension; c++) {
    for (let t = 0; t < steps; t++) {
      let at = (c * places + t) * steps + t;
      for (let l = lags - 1; l >= 0; l--, at += steps) out[l * dimension + c]! += gradient[at]!;
    }
  }
}
