import { ITEM_RECORD, type ItemColumns } from '@serendip/shared-catalogue';
import { ITEM_STATISTICS_WIDTH, STATISTIC_HALF_LIVES_MS, decayLoss, statisticColumn } from '@serendip/shared-layouts';

const LAST_EVENT = statisticColumn('last_event_ms');
const DECAYED = Int32Array.from(STATISTIC_HALF_LIVES_MS.keys()).filter((column) => STATISTIC_HALF_LIVES_MS[column]! > 0);

/**
 * What features need of the items of one request, side by side. Candidates lie all over the catalogue's columns: gathered in loops that do nothing
 * else, they are waited for together; met one by one among logarithms, each is waited for alone, which took longer than all the arithmetic.
 */
export class GatheredItems {
  /** -1 for an item that is not in the columns. */
  rows = new Int32Array(0);
  /** Row-major, as the catalogue has them, but decayed sums are what they are worth at the time. */
  statistics = new Float64Array(0);
  publishedAtMs = new Float64Array(0);
  prices = new Float64Array(0);
  /** Where the item's numbers begin in `numbers`: how many categories and labels it has, then the category numbers, then the label numbers. */
  listStarts = new Int32Array(0);
  numbers: Int32Array = new Int32Array(0);
  /** Categories of all items together. */
  listed = 0;
  private readonly losses = new Float64Array(ITEM_STATISTICS_WIDTH);

  gather(ordinals: Int32Array, columns: ItemColumns, nowMs: number): this {
    const count = ordinals.length;
    if (count > this.rows.length) {
      this.rows = new Int32Array(count);
      this.statistics = new Float64Array(count * ITEM_STATISTICS_WIDTH);
      this.publishedAtMs = new Float64Array(count);
      this.prices = new Float64Array(count);
      this.listStarts = new Int32Array(count);
    }
    const { rows, publishedAtMs, prices, listStarts } = this;
    const { records, numbers } = columns;
    for (let i = 0; i < count; i++) rows[i] = columns.rowOf(ordinals[i]!);
    for (let i = 0; i < count; i++) {
      const at = rows[i]! * ITEM_RECORD.width;
      publishedAtMs[i] = records[at + ITEM_RECORD.publishedAtMs]!;
      prices[i] = records[at + ITEM_RECORD.price]!;
      listStarts[i] = records[at + ITEM_RECORD.numbersAt]!;
    }
    this.numbers = numbers;
    this.gatherStatistics(count, records);
    this.listed = listedOf(numbers, listStarts, count);
    this.decay(count, nowMs);
    return this;
  }

  /** When the i-th item's last event was, epoch milliseconds; -Infinity before the first. */
  lastEventMs(i: number): number {
    return this.statistics[i * ITEM_STATISTICS_WIDTH + LAST_EVENT]!;
  }

  /** Number of the last category that the i-th item lists; -1 for an item without one. */
  narrowestCategory(i: number): number {
    const at = this.listStarts[i]!;
    const count = this.numbers[at]!;
    return count === 0 ? -1 : this.numbers[at + 1 + count]!;
  }

  /** Category numbers of the i-th item, the item's order. */
  categoriesOf(i: number): Int32Array {
    const at = this.listStarts[i]!;
    return this.numbers.subarray(at + 2, at + 2 + this.numbers[at]!);
  }

  /** Label numbers of the i-th item. */
  labelsOf(i: number): Int32Array {
    const at = this.listStarts[i]!;
    const from = at + 2 + this.numbers[at]!;
    return this.numbers.subarray(from, from + this.numbers[at + 1]!);
  }

  private gatherStatistics(count: number, records: Float64Array): void {
    const { rows, statistics } = this;
    // The first of each by themselves: the others lie in the same lines, which are on their way then.
    for (let i = 0; i < count; i++) statistics[i * ITEM_STATISTICS_WIDTH] = records[rows[i]! * ITEM_RECORD.width]!;
    for (let i = 0; i < count; i++) {
      const at = rows[i]! * ITEM_RECORD.width;
      const to = i * ITEM_STATISTICS_WIDTH;
      for (let column = 1; column < ITEM_STATISTICS_WIDTH; column++) statistics[to + column] = records[at + column]!;
    }
  }

  /** Most sums are of nothing: an exponential for each would be most of the work. */
  private decay(count: number, nowMs: number): void {
    const { statistics, losses } = this;
    for (let k = 0; k < DECAYED.length; k++) losses[DECAYED[k]!] = decayLoss(nowMs, STATISTIC_HALF_LIVES_MS[DECAYED[k]!]!);
    for (let i = 0, at = 0; i < count; i++, at += ITEM_STATISTICS_WIDTH) {
      for (let k = 0; k < DECAYED.length; k++) {
        const column = at + DECAYED[k]!;
        const log = statistics[column]!;
        statistics[column] = log === -Infinity ? 0 : Math.exp(log - losses[DECAYED[k]!]!);
      }
    }
  }
}

/** How many categories the first `count` of these lists have together. It reads the head of each, so that all of them are on their way before the first is used. */
export function listedOf(numbers: Int32Array, starts: Int32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += numbers[starts[i]!]!;
  return sum;
}
