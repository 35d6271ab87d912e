import { normals, type Random } from '../random.js';
import type { LagFilterParameters, LagFilterShape } from './shape.js';

/** Item vectors small and random, lags at 0.75^l, the correction near nothing, the bias at log popularity. */
export function startingParameters(shape: LagFilterShape, counts: Float64Array, random: Random): LagFilterParameters {
  const { itemCount, dimension, lags, hidden } = shape;
  const itemIn = normals((itemCount + 1) * dimension, 0.1, random);
  itemIn.fill(0, itemCount * dimension);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    itemIn,
    itemOut: normals(itemCount * dimension, 0.02, random),
    bias: Float32Array.from(counts, (count) => Math.log((count + 0.5) / (total / itemCount + 0.5))),
    lagWeights: Float32Array.from({ length: lags * dimension }, (_, at) => 0.75 ** Math.floor(at / dimension)),
    w1: normals(hidden * dimension, Math.sqrt(1 / dimension), random),
    b1: new Float32Array(hidden),
    w2: normals(dimension * hidden, 0.1 * Math.sqrt(1 / hidden), random),
  };
}

export function copyParameters(parameters: LagFilterParameters): LagFilterParameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, (values as Float32Array).slice()])) as unknown as LagFilterParameters;
}
