const NONE = 0;

/**
 * How often something happened to a catalogue row, and when last, of one user at a time. Open addressing in a table of a few kilobytes, however many rows the
 * catalogue has: that stays in the cache, where a value for each row would not.
 */
export class RowMarks {
  private readonly rows: Int32Array;
  private readonly counts: Uint16Array;
  private readonly times: Float64Array;
  /** 1 + the place of the row that has the slot; NONE for none. */
  private readonly slots: Uint16Array;
  private readonly shift: number;
  private marked = 0;

  /** @param most rows that are marked at a time, 32,767 at most. */
  constructor(most: number) {
    this.rows = new Int32Array(most);
    this.counts = new Uint16Array(most);
    this.times = new Float64Array(most);
    const bits = Math.ceil(Math.log2(most)) + 2;
    this.slots = new Uint16Array(2 ** bits);
    this.shift = 32 - bits;
  }

  /** Forgets all. */
  begin(): void {
    if (this.marked > 0) this.slots.fill(NONE);
    this.marked = 0;
  }

  /** Place of a row's mark; -1 for a row that nothing happened to. */
  find(row: number): number {
    return this.slots[this.slotOf(row)]! - 1;
  }

  countAt(place: number): number {
    return this.counts[place]!;
  }

  /** Epoch milliseconds. */
  lastMsAt(place: number): number {
    return this.times[place]!;
  }

  /** Counts once more; the first time that is given stays. */
  meet(row: number, timeMs: number): void {
    const place = this.find(row);
    if (place < 0) this.set(row, 1, timeMs);
    else this.counts[place]!++;
  }

  /** @param count above 0. */
  set(row: number, count: number, lastMs: number): void {
    const slot = this.slotOf(row);
    if (this.slots[slot] === NONE) {
      this.rows[this.marked++] = row;
      this.slots[slot] = this.marked;
    }
    const place = this.slots[slot]! - 1;
    this.counts[place] = count;
    this.times[place] = lastMs;
  }

  private slotOf(row: number): number {
    const { slots, rows } = this;
    let slot = Math.imul(row, 0x9e3779b1) >>> this.shift;
    while (slots[slot] !== NONE && rows[slots[slot]! - 1] !== row) slot = (slot + 1) & (slots.length - 1);
    return slot;
  }
}
