import { HALF_LIVES_MS, ITEM_STATISTICS, decayedLog, engagementWeight, eventTypeCode, logAdd, statisticColumn, type ItemStatistic } from '@serendip/shared-layouts';

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

function addDecayed(row: Float64Array, at: number, weight: number, timeMs: number): void {
  const column = ITEM_STATISTICS[at % ITEM_STATISTICS.length]!;
  const halfLife = HALF_LIVES_MS['halfLife' in column ? column.halfLife : 0];
  row[at] = logAdd(row[at]!, decayedLog(weight, timeMs, halfLife));
}

/** Adds one interaction to the statistics row of its item, which begins at `at` (a multiple of the row's width). */
export function countInteraction(row: Float64Array, at: number, { type, value, timeMs }: { readonly type: number; readonly value: number; readonly timeMs: number }): void {
  if (type === IMPRESSION) return addDecayed(row, at + IMPRESSIONS, 1, timeMs);
  const weight = engagementWeight(type, value);
  if (weight > 0) {
    for (const column of engagement) addDecayed(row, at + column, weight, timeMs);
    row[at + TOTAL]! += weight;
  } else if (weight < 0) {
    row[at + NEGATIVES]! -= weight;
  }
  const own = ofType.get(type);
  if (own !== undefined) addDecayed(row, at + own, 1, timeMs);
  if (type === RATING && Number.isFinite(value)) {
    row[at + RATING_SUM]! += value;
    row[at + RATING_COUNT]! += 1;
  }
  row[at + LAST_EVENT] = Math.max(row[at + LAST_EVENT]!, timeMs);
}
