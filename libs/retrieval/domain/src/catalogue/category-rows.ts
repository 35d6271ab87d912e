import type { ItemColumns } from '@serendip/shared-catalogue';

/** The rows of each category, ascending, as of the time it was built. */
export class CategoryRows {
  private readonly starts: Uint32Array;
  private readonly rows: Int32Array;

  constructor(columns: ItemColumns) {
    const { size } = columns;
    this.starts = new Uint32Array(columns.categories.size + 1);
    for (let row = 0; row < size; row++) for (const category of columns.categoriesOf(row)) this.starts[category + 1]!++;
    for (let category = 1; category < this.starts.length; category++) this.starts[category]! += this.starts[category - 1]!;
    this.rows = new Int32Array(this.starts.at(-1)!);
    const next = this.starts.slice();
    for (let row = 0; row < size; row++) for (const category of columns.categoriesOf(row)) this.rows[next[category]!++] = row;
  }

  /** Rows of a category number; none for one that is not known. */
  of(category: number): Int32Array {
    if (category < 0 || category + 1 >= this.starts.length) return this.rows.subarray(0, 0);
    return this.rows.subarray(this.starts[category]!, this.starts[category + 1]!);
  }
}
