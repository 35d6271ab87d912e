import type { ItemColumns } from '@serendip/shared-catalogue';
import type { UserStateView } from '@serendip/shared-layouts';

const HALF_LIFE_MS = 12 * 3_600_000;
const LEAST_FACTOR = 0.01;
/** So little of an impression is none. */
const FORGOTTEN = 0.05;

export interface ImpressionDiscount {
  /** What one impression multiplies a score by, 0 to 1. */
  readonly discount: number | undefined;
  readonly state: UserStateView;
  readonly nowMs: number;
}

/**
 * What the score of each candidate is multiplied by for how often it was shown lately and not engaged with: the discount to the power
 * of the impressions, which halve every 12 hours. 0.01 to 1; undefined when all are 1.
 */
export function impressionFactors({ discount, state, nowMs }: ImpressionDiscount, columns: ItemColumns, ordinals: Int32Array): Float32Array | undefined {
  if (discount === undefined || discount >= 1 || state.impressions === 0) return undefined;
  const factors = new Map<number, number>();
  for (let i = 0; i < state.impressions; i++) {
    const impressions = state.impressionCount(i) * 0.5 ** (Math.max(0, nowMs - state.impressionTimeMs(i)) / HALF_LIFE_MS);
    const row = columns.rowOfHashed(state.impressionLo(i), state.impressionHi(i));
    if (row >= 0 && impressions >= FORGOTTEN) factors.set(columns.ordinal[row]!, Math.max(LEAST_FACTOR, Math.max(LEAST_FACTOR, discount) ** impressions));
  }
  if (factors.size === 0) return undefined;
  const column = Float32Array.from(ordinals, (ordinal) => factors.get(ordinal) ?? 1);
  return column.some((factor) => factor !== 1) ? column : undefined;
}
