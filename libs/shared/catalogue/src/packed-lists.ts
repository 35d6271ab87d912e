const HEADER = 2;
const LEAST_SLACK = 65_536;

/**
 * The category and label numbers of every row in one array: [categories, labels, the category numbers, the label numbers]. For loops over many rows:
 * a row's numbers are one place in memory, where lists of their own would be four.
 */
export class PackedLists {
  numbers = new Int32Array(4096);
  private end = HEADER;
  /** Numbers that no row has any more. */
  private unused = 0;

  /** Writes a row's numbers, which began at `at`, 0 for a row that had none. Answers where they begin now. */
  write(at: number, categories: Int32Array, labels: Int32Array): number {
    const size = HEADER + categories.length + labels.length;
    const had = at === 0 ? 0 : this.sizeAt(at);
    this.unused += size > had ? had : had - size;
    const to = size > had ? this.room(size) : at;
    this.put(to, categories, labels);
    return to;
  }

  /** Whether it has grown to twice of what rows have. */
  get isSparse(): boolean {
    return this.unused > LEAST_SLACK && this.unused * 2 > this.end;
  }

  /** Copies what rows have, without the gaps. Where each row's numbers begin is every `step`-th of the places, from `first` on; it is replaced. */
  pack(places: Float64Array, first: number, step: number): void {
    const { numbers } = this;
    this.numbers = new Int32Array(numbers.length);
    this.end = HEADER;
    this.unused = 0;
    for (let at = first; at < places.length; at += step) {
      const from = places[at]!;
      if (from === 0) continue;
      const size = HEADER + numbers[from]! + numbers[from + 1]!;
      const to = this.room(size);
      this.numbers.set(numbers.subarray(from, from + size), to);
      places[at] = to;
    }
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
}

function larger(column: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(column);
  return copy;
}
