import { mean } from './ranking-metrics.js';

export interface LoggedChoices {
  /** Of each choice: what came of it. */
  readonly rewards: ArrayLike<number>;
  /** How likely the choice was when it was made, above 0 and at most 1. */
  readonly propensities: ArrayLike<number>;
  /** How likely the policy in question makes the same choice; 1 or 0 for one that leaves nothing to chance. */
  readonly chances: ArrayLike<number>;
}

/** What a policy would have earned, for each choice. */
export interface OffPolicyEstimate {
  /** Inverse propensity scoring (Horvitz & Thompson 1952) with weights cut at `mostWeight`: unbiased but for that, with much variance. */
  readonly ips: number;
  /** The same divided by the mean weight (Swaminathan & Joachims 2015): less variance, a bias that falls with the number of choices. */
  readonly snips: number;
  /** (Σw)² ÷ Σw²: how many choices of the policy's own this is worth (Kish 1965). */
  readonly effectiveSamples: number;
  /** Choices whose weight was cut. */
  readonly clipped: number;
  /** weight × reward, and weight, of each choice: for intervals. */
  readonly earned: Float64Array;
  readonly weights: Float64Array;
}

/** Estimates a policy from what another one logged; no choices give zeros. */
export function offPolicyEstimate({ rewards, propensities, chances }: LoggedChoices, mostWeight = 100): OffPolicyEstimate {
  let clipped = 0;
  const weights = Float64Array.from(chances, (chance, i) => {
    const weight = chance / propensities[i]!;
    if (weight > mostWeight) clipped++;
    return Math.min(mostWeight, weight);
  });
  const earned = weights.map((weight, i) => weight * rewards[i]!);
  const [sum, squares] = [weights.reduce((total, weight) => total + weight, 0), weights.reduce((total, weight) => total + weight * weight, 0)];
  return { ips: mean(earned), snips: sum === 0 ? 0 : (mean(earned) * weights.length) / sum, effectiveSamples: squares === 0 ? 0 : (sum * sum) / squares, clipped, earned, weights };
}
