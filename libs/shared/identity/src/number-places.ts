const NONE = 0;
/** 2^32 ÷ the golden ratio: neighbours come to lie far apart (Knuth, TAOCP 3, 6.4). */
const SPREAD = 0x9e3779b1;

/**
 * A few 32-bit numbers, each once, with its place in the order they came, from 0. Open addressing in a table of a size with those few: it stays in the cache, where one value
 * for each number that there may be would not. Made to be used again, by one caller after the other.
 */
export class NumberPlaces {
  private list = new Int32Array(0);
  /** 1 + the place of the number that has the slot; NONE for none. */
  private slots = new Int32Array(2);
  private shift = 31;
  private count = 0;

  /** @param most numbers that will be in it at a time. */
  constructor(most = 0) {
    this.begin(most);
  }

  /** Forgets all, and makes room for so many. */
  begin(most: number): void {
    this.count = 0;
    if (most > this.list.length) this.list = new Int32Array(most);
    const bits = 32 - Math.clz32(Math.max(1, most * 2 - 1));
    this.shift = 32 - bits;
    if (2 ** bits > this.slots.length) this.slots = new Int32Array(2 ** bits);
    else this.slots.fill(NONE, 0, 2 ** bits);
  }

  get size(): number {
    return this.count;
  }

  /** All of them in their order; valid until the next `begin`. */
  get numbers(): Int32Array {
    return this.list.subarray(0, this.count);
  }

  /** Place of a number; -1 for one that is not in it. */
  find(number: number): number {
    return this.slots[this.slotOf(number)]! - 1;
  }

  /** Place of a number, which is the last now if it was not in it. */
  add(number: number): number {
    const slot = this.slotOf(number);
    if (this.slots[slot] === NONE) {
      this.list[this.count++] = number;
      this.slots[slot] = this.count;
    }
    return this.slots[slot]! - 1;
  }

  private slotOf(number: number): number {
    const { slots, list, shift } = this;
    const mask = -1 >>> shift;
    let slot = Math.imul(number, SPREAD) >>> shift;
    while (slots[slot] !== NONE && list[slots[slot]! - 1] !== number) slot = (slot + 1) & mask;
    return slot;
  }
}
