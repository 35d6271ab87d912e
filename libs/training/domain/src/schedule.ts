export interface LearningRate {
  readonly peak: number;
  /** Steps in which the rate rises to its peak. */
  readonly warmUp: number;
  readonly total: number;
}

/**
 * A learning rate that rises in a line to its peak and falls as a half cosine to 0 at `total`; `step` counts from 0. `share`
 * is how far training is, in [0, 1], where something other than the steps decides (time).
 */
export function warmUpCosine(step: number, { peak, warmUp, total }: LearningRate, share = step / total): number {
  const rising = Math.min(1, (step + 1) / Math.max(1, warmUp));
  return (peak * rising * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
}
