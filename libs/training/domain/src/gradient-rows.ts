/** Sums gradients by table row: the same row may be added many times between `clear` calls. */
export class GradientRows {
  /** The distinct rows, in order of first use; `count` of them are valid. */
  readonly rows: Int32Array;
  /** Row i is the summed gradient of table row `rows[i]`. */
  readonly values: Float32Array;
  count = 0;
  private readonly slots: Int32Array;

  /** `capacity` is the greatest number of distinct rows between two clears. */
  constructor(tableRows: number, private readonly width: number, capacity: number) {
    this.slots = new Int32Array(tableRows).fill(-1);
    this.rows = new Int32Array(Math.min(tableRows, capacity));
    this.values = new Float32Array(this.rows.length * width);
  }

  add(row: number, source: Float32Array, from: number): void {
    const { width, values } = this;
    let slot = this.slots[row]!;
    if (slot < 0) {
      slot = this.count++;
      this.slots[row] = slot;
      this.rows[slot] = row;
      for (let i = 0; i < width; i++) values[slot * width + i] = source[from + i]!;
      return;
    }
    const at = slot * width;
    for (let i = 0; i < width; i++) values[at + i]! += source[from + i]!;
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) this.slots[this.rows[i]!] = -1;
    this.count = 0;
  }
}
