import { describe, expect, it } from '@jest/globals';
import { HALF_LIVES_MS, ITEM_STATISTICS, combineStatistics, decayedValue, emptyStatistics, eventTypeCode, statisticColumn, type ItemStatistic } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { countInteraction } from './count-interaction.js';

const NOW = 1_790_000_000_000;
const DAY = HALF_LIVES_MS[0];

interface Counted {
  readonly type: string;
  readonly value?: number;
  readonly daysAgo?: number;
}

function rowOf(list: readonly Counted[]): Float64Array {
  const row = emptyStatistics();
  for (const { type, value = NaN, daysAgo = 0 } of list) countInteraction(row, 0, { type: eventTypeCode(type), value, timeMs: NOW - daysAgo * DAY });
  return row;
}

/** Value of a statistic now. */
function valueOf(row: Float64Array, name: ItemStatistic): number {
  const column = ITEM_STATISTICS[statisticColumn(name)]!;
  const value = row[statisticColumn(name)]!;
  return 'halfLife' in column ? decayedValue(value, NOW, HALF_LIVES_MS[column.halfLife]) : value;
}

const counted = fc.record({ type: fc.constantFrom('view', 'click', 'purchase', 'rating', 'hide', 'impression', 'own'), value: fc.nat(5), daysAgo: fc.nat(400) });

describe('statistics of an item', () => {
  it('weigh events by what they say for it, each halved with every half-life', () => {
    const row = rowOf([{ type: 'click' }, { type: 'purchase', daysAgo: 1 }]);
    expect(valueOf(row, 'engagement_1d')).toBeCloseTo(1 + 5 / 2, 9);
    expect(valueOf(row, 'engagement_7d')).toBeCloseTo(1 + 5 * 0.5 ** (1 / 7), 9);
    expect(valueOf(row, 'engagement_total')).toBe(6);
    expect(valueOf(row, 'clicks_7d')).toBeCloseTo(1, 9);
    expect(valueOf(row, 'purchases_7d')).toBeCloseTo(0.5 ** (1 / 7), 9);
    expect(valueOf(row, 'views_7d')).toBe(0);
    expect(valueOf(row, 'last_event_ms')).toBe(NOW);
  });

  it('count dislikes and hides apart, and never as engagement', () => {
    const row = rowOf([{ type: 'hide' }, { type: 'dislike' }]);
    expect(valueOf(row, 'negatives_total')).toBe(2);
    for (const name of ['engagement_1d', 'engagement_7d', 'engagement_30d', 'engagement_total'] as const) expect(valueOf(row, name)).toBe(0);
    expect(row.every((value) => !Number.isNaN(value))).toBe(true);
  });

  it('count impressions, and nothing else of them', () => {
    const row = rowOf([{ type: 'impression' }, { type: 'impression', daysAgo: 7 }]);
    expect(valueOf(row, 'impressions_7d')).toBeCloseTo(1.5, 9);
    row[statisticColumn('impressions_7d')] = -Infinity;
    expect(row).toEqual(emptyStatistics());
  });

  it('sum ratings that have a value', () => {
    const row = rowOf([{ type: 'rating', value: 4 }, { type: 'rating', value: 0 }, { type: 'rating' }]);
    expect([valueOf(row, 'rating_sum'), valueOf(row, 'rating_count')]).toEqual([4, 2]);
    expect(valueOf(row, 'engagement_total')).toBeCloseTo(4 / 5 + 0 + 1, 9);
  });

  it('are the same wherever the row begins, and nothing beside it', () => {
    fc.assert(fc.property(fc.array(counted, { maxLength: 12 }), fc.nat(40), (list, at) => {
      const rows = new Float64Array(at + ITEM_STATISTICS.length + 3).fill(7);
      rows.set(emptyStatistics(), at);
      for (const { type, value, daysAgo } of list) countInteraction(rows, at, { type: eventTypeCode(type), value, timeMs: NOW - daysAgo * DAY });
      expect(rows).toEqual(Float64Array.of(...new Array<number>(at).fill(7), ...rowOf(list), 7, 7, 7));
    }));
  });

  it('are the same in whatever order events come, and over however many partitions', () => {
    fc.assert(fc.property(fc.array(counted, { maxLength: 30 }), fc.array(counted, { maxLength: 30 }), (here, there) => {
      const together = rowOf([...there, ...here]);
      const combined = rowOf(here);
      combineStatistics(combined, 0, rowOf(there), 0);
      for (const { name } of ITEM_STATISTICS) {
        if (valueOf(together, name) === -Infinity) expect(valueOf(combined, name)).toBe(-Infinity);
        else expect(valueOf(combined, name)).toBeCloseTo(valueOf(together, name), 6);
      }
    }));
  });
});
