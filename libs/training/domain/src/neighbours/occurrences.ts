import { sequenceCount, type Sequences } from '../sequences.js';

/** Where each item occurs, and the bounds of the history each position is in. */
export class Occurrences {
  /** Item i occurs at `positions[starts[i] … starts[i + 1])`, in ascending order. */
  readonly starts: Int32Array;
  readonly positions: Int32Array;
  private readonly sequenceOf: Int32Array;

  constructor(private readonly sequences: Sequences, itemCount: number) {
    const { items, offsets } = sequences;
    this.starts = new Int32Array(itemCount + 1);
    this.positions = new Int32Array(items.length);
    this.sequenceOf = new Int32Array(items.length);
    for (const item of items) this.starts[item + 1]!++;
    for (let item = 0; item < itemCount; item++) this.starts[item + 1]! += this.starts[item]!;
    const next = this.starts.slice();
    for (let i = 0; i < items.length; i++) this.positions[next[items[i]!]!++] = i;
    for (let s = 0; s < sequenceCount(sequences); s++) this.sequenceOf.fill(s, offsets[s], offsets[s + 1]);
  }

  count(item: number): number {
    return this.starts[item + 1]! - this.starts[item]!;
  }

  /** Start of the history that `position` is in. */
  first(position: number): number {
    return this.sequences.offsets[this.sequenceOf[position]!]!;
  }

  /** End of that history. */
  end(position: number): number {
    return this.sequences.offsets[this.sequenceOf[position]! + 1]!;
  }
}
