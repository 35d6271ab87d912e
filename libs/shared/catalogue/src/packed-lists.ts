const HEADER = 2;
const LEAST_SLACK = 65_536;

/**
 * The category and label numbers of every row in one array: [categories, labels, the category numbers, the label numbers]. For loops over many rows:
 * a row's numbers are one place in memory, where lists of their own would be four.
 */
export class PackedLists {
  /** Where a row's numbers begin; 0, where nothing is, for a row that was never written. */
  starts = new Int32Array(1024);
  numbers = new Int32Array(4096);
  private end = HEADER;
  /** Numbers that no row has any more. */
  private unused = 0;

  write(row: number, categories: Int32Array, labels: Int32Array): void {
    if (row >= this.starts.length) this.starts = larger(this.starts, row * 2);
    const size = HEADER + categories.length + labels.length;
    const at = this.starts[row]!;
    const had = at === 0 ? 0 : this.sizeAt(at);
    if (size > had) {
      this.unused += had;
      this.starts[row] = this.room(size);
    } else {
      this.unused += had - size;
    }
    this.put(this.starts[row]!, categories, labels);
    if (this.unused > LEAST_SLACK && this.unused * 2 > this.end) this.pack();
  }

  private put(at: number, categories: Int32Array, labels: Int32Array): void {
    this.numbers[at] = categories.length;
    this.numbers[at + 1] = labels.length;
    this.numbers.set(categories, at + HEADER);
    this.numbers.set(labels, at + HEADER + categories.length);
  }

  private room(size: number): number {
    const at = this.end;
    this.end += size;
    if (this.end > this.numbers.length) this.numbers = larger(this.numbers, this.end * 2);
    return at;
  }

  private sizeAt(at: number): number {
    return HEADER + this.numbers[at]! + this.numbers[at + 1]!;
  }

  /** Copies what rows have, without the gaps. */
  private pack(): void {
    const { numbers, starts } = this;
    this.numbers = new Int32Array(numbers.length);
    this.end = HEADER;
    this.unused = 0;
    for (let row = 0; row < starts.length; row++) {
      const from = starts[row]!;
      if (from === 0) continue;
      const size = HEADER + numbers[from]! + numbers[from + 1]!;
      const to = this.room(size);
      this.numbers.set(numbers.subarray(from, from + size), to);
      starts[row] = to;
    }
  }
}

function larger(column: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(column);
  return copy;
}
