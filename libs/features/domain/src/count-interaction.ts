import { STATISTIC_HALF_LIVES_MS, decayedLog, engagementWeight, eventTypeCode, logAdd, statisticColumn, type ItemStatistic } from '@serendip/shared-layouts';

const TOTAL = statisticColumn('engagement_total');
const NEGATIVES = statisticColumn('negatives_total');
const RATING_SUM = statisticColumn('rating_sum');
const RATING_COUNT = statisticColumn('rating_count');
const LAST_EVENT = statisticColumn('last_event_ms');
const RATING = eventTypeCode('rating');
const IMPRESSION = eventTypeCode('impression');
const IMPRESSIONS = statisticColumn('impressions_7d');

const engagement = (['engagement_1d', 'engagement_7d', 'engagement_30d'] as const).map((name) => statisticColumn(name));

const ofType = new Map<number, number>(([
  ['view', 'views_7d'], ['click', 'clicks_7d'], ['add_to_cart', 'carts_7d'], ['purchase', 'purchases_7d'],
] as const satisfies readonly (readonly [string, ItemStatistic])[]).map(([type, name]) => [eventTypeCode(type), statisticColumn(name)]));

/** Adds to a column of the row that begins at `at`. */
function addDecayed(rows: Float64Array, at: number, { column, weight, timeMs }: { readonly column: number; readonly weight: number; readonly timeMs: number }): void {
  rows[at + column] = logAdd(rows[at + column]!, decayedLog(weight, timeMs, STATISTIC_HALF_LIVES_MS[column]!));
}

/** Adds one interaction to the statistics row of its item, which begins at `at`, however wide the rows are. */
export function countInteraction(row: Float64Array, at: number, { type, value, timeMs }: { readonly type: number; readonly value: number; readonly timeMs: number }): void {
  if (type === IMPRESSION) return addDecayed(row, at, { column: IMPRESSIONS, weight: 1, timeMs });
  const weight = engagementWeight(type, value);
  if (weight > 0) {
    for (const column of engagement) addDecayed(row, at, { column, weight, timeMs });
    row[at + TOTAL]! += weight;
  } else if (weight < 0) {
    row[at + NEGATIVES]! -= weight;
  }
  const own = ofType.get(type);
  if (own !== undefined) addDecayed(row, at, { column: own, weight: 1, timeMs });
  if (type === RATING && Number.isFinite(value)) {
    row[at + RATING_SUM]! += value;
    row[at + RATING_COUNT]! += 1;
  }
  row[at + LAST_EVENT] = Math.max(row[at + LAST_EVENT]!, timeMs);
}
