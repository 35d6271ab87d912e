import type { ItemColumns } from '@serendip/shared-catalogue';
import { ITEM_STATISTICS_WIDTH } from '@serendip/shared-layouts';

/**
 * What features need of the items of one request, side by side. Candidates lie all over the catalogue's columns: gathered in loops that do nothing
 * else, they are waited for together; met one by one among logarithms, each is waited for alone, which took longer than all the arithmetic.
 */
export class GatheredItems {
  /** -1 for an item that is not in the columns. */
  rows = new Int32Array(0);
  statistics = new Float64Array(0);
  publishedAtMs = new Float64Array(0);
  prices = new Float64Array(0);
  readonly categories: Int32Array[] = [];
  readonly labels: Int32Array[] = [];
  /** Keeps the reads of lists from being left out. */
  touched = 0;

  gather(ordinals: Int32Array, columns: ItemColumns): this {
    const count = ordinals.length;
    if (count > this.rows.length) {
      this.rows = new Int32Array(count);
      this.statistics = new Float64Array(count * ITEM_STATISTICS_WIDTH);
      this.publishedAtMs = new Float64Array(count);
      this.prices = new Float64Array(count);
    }
    const { rows, publishedAtMs, prices } = this;
    for (let i = 0; i < count; i++) rows[i] = columns.rowOf(ordinals[i]!);
    for (let i = 0; i < count; i++) publishedAtMs[i] = columns.publishedAtMs[rows[i]!]!;
    for (let i = 0; i < count; i++) prices[i] = columns.price[rows[i]!]!;
    this.gatherStatistics(count, columns.statistics);
    this.gatherLists(count, columns);
    return this;
  }

  private gatherStatistics(count: number, statistics: Float64Array): void {
    const { rows } = this;
    for (let i = 0, to = 0; i < count; i++) {
      const from = rows[i]! * ITEM_STATISTICS_WIDTH;
      for (let column = 0; column < ITEM_STATISTICS_WIDTH; column++) this.statistics[to++] = statistics[from + column]!;
    }
  }

  private gatherLists(count: number, columns: ItemColumns): void {
    const { rows, categories, labels } = this;
    for (let i = 0; i < count; i++) categories[i] = columns.categoriesOf(rows[i]!);
    for (let i = 0; i < count; i++) labels[i] = columns.labelsOf(rows[i]!);
    let touched = 0;
    for (let i = 0; i < count; i++) touched += categories[i]!.length === 0 ? 0 : categories[i]![0]!;
    for (let i = 0; i < count; i++) touched += labels[i]!.length === 0 ? 0 : labels[i]![0]!;
    this.touched = touched;
  }
}
