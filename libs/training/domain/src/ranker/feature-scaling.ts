/** How features are brought to a common scale: (value − mean) × scale, missing as 0, then cut to ±limit. */
export interface FeatureScaling {
  readonly means: Float32Array;
  /** Population standard deviations; 0 for a feature that is constant, which is then left out (scale 0). */
  readonly deviations: Float32Array;
  /** 1 ÷ deviation, or 0. */
  readonly scales: Float32Array;
}

/** Standardised values beyond this many deviations are cut, so that one freak value cannot rule a score. */
export const scalingLimit = 8;

const mostRows = 400_000;

/** Means and deviations over at most 400,000 rows, evenly spread; values that are not finite do not count. */
export function scalingOf(features: Float32Array, featureCount: number): FeatureScaling {
  const rows = features.length / featureCount;
  const stride = Math.max(1, Math.floor(rows / mostRows));
  const counts = new Float64Array(featureCount);
  const means = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount);
  for (let row = 0; row < rows; row += stride) {
    for (let f = 0, at = row * featureCount; f < featureCount; f++, at++) {
      const value = features[at]!;
      if (!Number.isFinite(value)) continue;
      const delta = value - means[f]!;
      means[f]! += delta / ++counts[f]!;
      squares[f]! += delta * (value - means[f]!);
    }
  }
  const deviations = Float32Array.from(squares, (square, f) => {
    const deviation = Math.sqrt(square / Math.max(1, counts[f]!));
    return deviation > 1e-6 * Math.max(1, Math.abs(means[f]!)) ? deviation : 0;
  });
  return { means: Float32Array.from(means), deviations, scales: deviations.map((deviation) => (deviation === 0 ? 0 : 1 / deviation)) };
}
