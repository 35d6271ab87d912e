import type { Hash64 } from './hash64.js';

const EMPTY = -1;

/** Maps 64-bit hashes to non-negative int32 values; open addressing with linear probing, no deletion. */
export class HashTable64 {
  private lows: Uint32Array;
  private highs: Uint32Array;
  private values: Int32Array;
  private mask: number;
  private count = 0;

  constructor(capacity = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 2)));
    this.lows = new Uint32Array(slots);
    this.highs = new Uint32Array(slots);
    this.values = new Int32Array(slots).fill(EMPTY);
    this.mask = slots - 1;
  }

  get size(): number {
    return this.count;
  }

  set({ lo, hi }: Hash64, value: number): void {
    if ((this.count + 1) * 2 > this.values.length) this.grow();
    const slot = this.slotOf(lo, hi);
    if (this.values[slot] === EMPTY) this.count++;
    this.lows[slot] = lo;
    this.highs[slot] = hi;
    this.values[slot] = value;
  }

  /** The value of a hash given as its unsigned halves, or -1. */
  get(lo: number, hi: number): number {
    return this.values[this.slotOf(lo, hi)]!;
  }

  private slotOf(lo: number, hi: number): number {
    let slot = (lo ^ Math.imul(hi, 0x9e3779b1)) & this.mask;
    while (this.values[slot] !== EMPTY && (this.lows[slot] !== lo || this.highs[slot] !== hi)) slot = (slot + 1) & this.mask;
    return slot;
  }

  private grow(): void {
    const { lows, highs, values } = this;
    const slots = values.length * 2;
    this.lows = new Uint32Array(slots);
    this.highs = new Uint32Array(slots);
    this.values = new Int32Array(slots).fill(EMPTY);
    this.mask = slots - 1;
    this.count = 0;
    values.forEach((value, i) => {
      if (value !== EMPTY) this.set({ lo: lows[i]!, hi: highs[i]! }, value);
    });
  }
}
