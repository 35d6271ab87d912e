/**
 * The greatest difference between `gradient` and central differences of `loss` over every entry of `parameters`, relative
 * to the greatest entry of the gradient. `parameters` are moved and put back, so `loss` must read them in double precision.
 */
export function gradientError(loss: () => number, parameters: Float64Array, gradient: ArrayLike<number>, step = 1e-4): number {
  let largest = 1e-8;
  let worst = 0;
  for (let i = 0; i < parameters.length; i++) {
    const value = parameters[i]!;
    parameters[i] = value + step;
    const above = loss();
    parameters[i] = value - step;
    const below = loss();
    parameters[i] = value;
    largest = Math.max(largest, Math.abs(gradient[i]!));
    worst = Math.max(worst, Math.abs(gradient[i]! - (above - below) / (2 * step)));
  }
  return worst / largest;
}
