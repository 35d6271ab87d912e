import type { Hash64 } from './hash64.js';

const EMPTY = -1;
/** Numbers of a slot: lo, hi, value and one to spare, so that no slot lies across two cache lines. */
const WIDTH = 4;

/** What a table is made of. Can be posted to another thread. */
export interface HashTableParts {
  readonly slots: Int32Array;
  readonly count: number;
}

/** Maps 64-bit hashes to non-negative int32 values; open addressing with linear probing, no deletion. */
export class HashTable64 {
  /** Signed halves; a slot's value is EMPTY where nothing is. */
  private slots: Int32Array;
  private mask: number;
  private count = 0;

  constructor(capacity = 1024) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 2)));
    this.slots = new Int32Array(size * WIDTH).fill(EMPTY);
    this.mask = size - 1;
  }

  /** The table that these are the parts of; they are the same memory. */
  static of({ slots, count }: HashTableParts): HashTable64 {
    const table = new HashTable64();
    table.slots = slots;
    table.mask = slots.length / WIDTH - 1;
    table.count = count;
    return table;
  }

  get size(): number {
    return this.count;
  }

  get parts(): HashTableParts {
    return { slots: this.slots, count: this.count };
  }

  set({ lo, hi }: Hash64, value: number): void {
    if ((this.count + 1) * 2 > this.mask + 1) this.grow();
    const at = this.slotOf(lo | 0, hi | 0);
    if (this.slots[at + 2] === EMPTY) this.count++;
    this.slots[at] = lo;
    this.slots[at + 1] = hi;
    this.slots[at + 2] = value;
  }

  /** The value of a hash given as its unsigned halves, or -1. */
  get(lo: number, hi: number): number {
    return this.slots[this.slotOf(lo | 0, hi | 0) + 2]!;
  }

  /** Where the slot of a hash, given as its signed halves, begins. */
  private slotOf(lo: number, hi: number): number {
    const { slots, mask } = this;
    let slot = (lo ^ Math.imul(hi, 0x9e3779b1)) & mask;
    for (;;) {
      const at = slot * WIDTH;
      if (slots[at + 2] === EMPTY || (slots[at] === lo && slots[at + 1] === hi)) return at;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2).fill(EMPTY);
    this.mask = old.length * 2 / WIDTH - 1;
    this.count = 0;
    for (let at = 0; at < old.length; at += WIDTH) if (old[at + 2] !== EMPTY) this.set({ lo: old[at]!, hi: old[at + 1]! }, old[at + 2]!);
  }
}
