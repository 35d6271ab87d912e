import type { Sequences } from '../sequences.js';
import type { Occurrences } from './occurrences.js';

export interface MeetingsOptions {
  readonly itemCount: number;
  readonly ahead: number;
  readonly back: number;
  readonly distanceDecay: number;
}

/** Sums, for one item at a time, the decays of everything that stands near its occurrences. */
export class Meetings {
  private readonly decays: Float64Array;
  private readonly sums: Float64Array;
  private readonly met: Int32Array;
  private count = 0;

  constructor(private readonly sequences: Sequences, private readonly occurrences: Occurrences, private readonly options: MeetingsOptions) {
    const { itemCount, ahead, back, distanceDecay } = options;
    this.decays = Float64Array.from({ length: Math.max(ahead, back) + 1 }, (_, distance) => distanceDecay ** distance);
    this.sums = new Float64Array(itemCount);
    this.met = new Int32Array(itemCount);
  }

  /** Visits each item that stands near `item` once; what stands before it counts `backShare`. */
  around(item: number, backShare: number, visit: (other: number, sum: number) => void): void {
    const { starts, positions } = this.occurrences;
    const { ahead, back } = this.options;
    for (let i = starts[item]!; i < starts[item + 1]!; i++) {
      const position = positions[i]!;
      this.add(item, position, { from: Math.max(this.occurrences.first(position), position - back), to: position, share: backShare });
      this.add(item, position, { from: position + 1, to: Math.min(this.occurrences.end(position), position + ahead + 1), share: 1 });
    }
    for (let i = 0; i < this.count; i++) {
      const other = this.met[i]!;
      visit(other, this.sums[other]!);
      this.sums[other] = 0;
    }
    this.count = 0;
  }

  private add(item: number, position: number, { from, to, share }: { readonly from: number; readonly to: number; readonly share: number }): void {
    const { items, weights } = this.sequences;
    for (let at = from; at < to; at++) {
      const other = items[at]!;
      const gain = share * this.decays[Math.abs(at - position)]! * (weights === undefined ? 1 : weights[at]!);
      if (other === item || gain === 0) continue;
      if (this.sums[other] === 0) this.met[this.count++] = other;
      this.sums[other]! += gain;
    }
  }
}
