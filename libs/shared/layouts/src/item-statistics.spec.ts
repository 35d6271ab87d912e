import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ITEM_STATISTICS, ITEM_STATISTICS_WIDTH, combineStatistics, emptyStatistics, logAdd, statisticColumn } from './index.js';

const cell = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const row = fc.array(fc.oneof({ weight: 5, arbitrary: cell }, { weight: 1, arbitrary: fc.constant(-Infinity) }), { minLength: ITEM_STATISTICS_WIDTH, maxLength: ITEM_STATISTICS_WIDTH })
  .map((cells) => Float64Array.from(cells, (value, column) => (ITEM_STATISTICS[column]!.combine === 'sum' && value === -Infinity ? 0 : value + 0)));

/** Of two rows, in one of its own. */
function combined(a: Float64Array, b: Float64Array): Float64Array {
  const target = a.slice();
  combineStatistics(target, 0, b, 0);
  return target;
}

describe('rows of item statistics', () => {
  it('are combined column by column: logarithms of sums, sums, or the larger', () => {
    fc.assert(fc.property(row, row, (a, b) => {
      combined(a, b).forEach((value, column) => {
        const { combine } = ITEM_STATISTICS[column]!;
        expect(value).toBe(combine === 'log' ? logAdd(a[column]!, b[column]!) : combine === 'sum' ? a[column]! + b[column]! : Math.max(a[column]!, b[column]!));
      });
    }));
  });

  it('are the same whatever partition comes first', () => {
    fc.assert(fc.property(row, row, (a, b) => { expect(combined(a, b)).toEqual(combined(b, a)); }));
  });

  it('of nothing change nothing', () => {
    fc.assert(fc.property(row, (a) => {
      expect(combined(a, emptyStatistics())).toEqual(a);
      expect(combined(emptyStatistics(), a)).toEqual(a);
    }));
  });

  it('stand in a table at any place, and their neighbours are left alone', () => {
    fc.assert(fc.property(row, row, fc.nat(3), fc.nat(3), (a, b, targetRow, sourceRow) => {
      const [target, source] = [new Float64Array(4 * ITEM_STATISTICS_WIDTH).fill(7), new Float64Array(4 * ITEM_STATISTICS_WIDTH).fill(9)];
      target.set(a, targetRow * ITEM_STATISTICS_WIDTH);
      source.set(b, sourceRow * ITEM_STATISTICS_WIDTH);
      combineStatistics(target, targetRow * ITEM_STATISTICS_WIDTH, source, sourceRow * ITEM_STATISTICS_WIDTH);
      const rows = Array.from({ length: 4 }, (_, i) => target.slice(i * ITEM_STATISTICS_WIDTH, (i + 1) * ITEM_STATISTICS_WIDTH));
      rows.forEach((each, i) => { expect(each).toEqual(i === targetRow ? combined(a, b) : new Float64Array(ITEM_STATISTICS_WIDTH).fill(7)); });
    }));
  });

  it('have a column for each name', () => {
    expect(ITEM_STATISTICS.map(({ name }) => statisticColumn(name))).toEqual(ITEM_STATISTICS.map((_, column) => column));
  });
});
