import { DomainError } from '@serendip/shared-errors';

/**
 * Requests and the candidates they showed: group g is the rows `offsets[g] … offsets[g + 1])`, groups oldest first. Tables
 * are row by row.
 */
export interface RankerData {
  readonly offsets: Int32Array;
  /** rows × featureCount, as served; NaN is a missing value and takes the feature's mean. */
  readonly features: Float32Array;
  readonly featureCount: number;
  /** rows × headCount, each in [0, 1]: what happened to the row. */
  readonly labels: Float32Array;
  readonly headCount: number;
  /** How much each row counts, at least 0; default 1. A label's place in its group's list counts as much (inverse propensities go here). */
  readonly weights?: Float32Array;
}

/** Throws INVALID_ARGUMENT (`BAD_RANKER_DATA`) unless tables and groups fit each other and labels are in [0, 1]. */
export function checkRankerData({ offsets, features, featureCount, labels, headCount, weights }: RankerData): void {
  const rows = offsets.at(-1) ?? 0;
  const fail = (what: string): never => {
    throw new DomainError('INVALID_ARGUMENT', 'BAD_RANKER_DATA', what);
  };
  if (offsets.length === 0 || offsets[0] !== 0) fail('Group offsets must begin at 0.');
  for (let g = 1; g < offsets.length; g++) if (offsets[g]! < offsets[g - 1]!) fail(`The offset of group ${g} is below the one before it.`);
  if (features.length !== rows * featureCount) fail(`${rows} rows of ${featureCount} features are ${rows * featureCount} values, not ${features.length}.`);
  if (labels.length !== rows * headCount) fail(`${rows} rows of ${headCount} labels are ${rows * headCount} values, not ${labels.length}.`);
  if (weights !== undefined && weights.length !== rows) fail(`There are ${weights.length} weights for ${rows} rows.`);
  for (let i = 0; i < labels.length; i++) if (!(labels[i]! >= 0 && labels[i]! <= 1)) fail(`Label ${labels[i]} at ${i} is outside 0 … 1.`);
  for (let i = 0; i < (weights?.length ?? 0); i++) if (!(weights![i]! >= 0 && weights![i]! < Infinity)) fail(`Weight ${weights![i]} of row ${i} is not a finite number of at least 0.`);
}

/** The groups `from … to)`, over the same memory. */
export function groupRange(data: RankerData, from: number, to: number): RankerData {
  const { offsets, features, featureCount, labels, headCount, weights } = data;
  const first = offsets[from]!;
  const end = offsets[to]!;
  return {
    offsets: offsets.slice(from, to + 1).map((offset) => offset - first),
    features: features.subarray(first * featureCount, end * featureCount),
    featureCount,
    labels: labels.subarray(first * headCount, end * headCount),
    headCount,
    ...(weights === undefined ? {} : { weights: weights.subarray(first, end) }),
  };
}
