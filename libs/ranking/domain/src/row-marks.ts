/** How often something happened to a catalogue row, and when last, of one user at a time; `begin` forgets the last one's at the cost of what it had. */
export class RowMarks {
  private counts = new Uint16Array(1024);
  private times = new Float64Array(1024);
  private readonly marked: number[] = [];

  /** Begins anew, for rows below `size`. */
  begin(size: number): void {
    for (let i = 0; i < this.marked.length; i++) this.counts[this.marked[i]!] = 0;
    this.marked.length = 0;
    if (size <= this.counts.length) return;
    this.counts = new Uint16Array(Math.ceil(size * 1.25));
    this.times = new Float64Array(Math.ceil(size * 1.25));
  }

  /** 0 for a row that nothing happened to. */
  count(row: number): number {
    return this.counts[row]!;
  }

  /** Epoch milliseconds; only of a row whose count is above 0. */
  lastMs(row: number): number {
    return this.times[row]!;
  }

  /** Counts once more; the first time that is given stays. */
  meet(row: number, timeMs: number): void {
    if (this.counts[row] === 0) {
      this.marked.push(row);
      this.times[row] = timeMs;
    }
    this.counts[row]!++;
  }

  /** @param count above 0. */
  set(row: number, count: number, lastMs: number): void {
    if (this.counts[row] === 0) this.marked.push(row);
    this.counts[row] = count;
    this.times[row] = lastMs;
  }
}
