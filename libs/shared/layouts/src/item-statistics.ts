import { HALF_LIVES_MS, logAdd } from './decay.js';

/**
 * One row of item statistics, float64 each. `log` columns are decayed sums in log space (-Infinity is zero), `sum` columns
 * plain sums, `max` columns maxima; rows of several partitions are combined column by column.
 */
export const ITEM_STATISTICS = [
  { name: 'engagement_1d', combine: 'log', halfLife: 0 },
  { name: 'engagement_7d', combine: 'log', halfLife: 1 },
  { name: 'engagement_30d', combine: 'log', halfLife: 2 },
  { name: 'engagement_total', combine: 'sum' },
  { name: 'views_7d', combine: 'log', halfLife: 1 },
  { name: 'clicks_7d', combine: 'log', halfLife: 1 },
  { name: 'carts_7d', combine: 'log', halfLife: 1 },
  { name: 'purchases_7d', combine: 'log', halfLife: 1 },
  { name: 'rating_sum', combine: 'sum' },
  { name: 'rating_count', combine: 'sum' },
  { name: 'negatives_total', combine: 'sum' },
  { name: 'last_event_ms', combine: 'max' },
  { name: 'impressions_7d', combine: 'log', halfLife: 1 },
] as const satisfies readonly { name: string; combine: 'log' | 'sum' | 'max'; halfLife?: 0 | 1 | 2 }[];

export type ItemStatistic = (typeof ITEM_STATISTICS)[number]['name'];

/** Columns of a row. */
export const ITEM_STATISTICS_WIDTH = ITEM_STATISTICS.length;

const columns = new Map<string, number>(ITEM_STATISTICS.map(({ name }, column) => [name, column]));

/** Column of a statistic. */
export const statisticColumn = (name: ItemStatistic): number => columns.get(name)!;

/** Half-life of each column, milliseconds; 0 for one that is not decayed. */
export const STATISTIC_HALF_LIVES_MS: readonly number[] = ITEM_STATISTICS.map((statistic) => ('halfLife' in statistic ? HALF_LIVES_MS[statistic.halfLife] : 0));

/** The row of an item nothing has happened to. */
export function emptyStatistics(): Float64Array {
  return Float64Array.from(ITEM_STATISTICS, ({ combine }) => (combine === 'sum' ? 0 : -Infinity));
}

/** Combines the row of `source` at `sourceAt` into the row of `target` at `targetAt` (offsets in elements). */
export function combineStatistics(target: Float64Array, targetAt: number, source: Float64Array, sourceAt: number): void {
  for (let column = 0; column < ITEM_STATISTICS_WIDTH; column++) {
    const a = target[targetAt + column]!;
    const b = source[sourceAt + column]!;
    const { combine } = ITEM_STATISTICS[column]!;
    target[targetAt + column] = combine === 'log' ? logAdd(a, b) : combine === 'sum' ? a + b : Math.max(a, b);
  }
}
