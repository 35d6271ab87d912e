import { Random } from '../random.js';
import type { Sequences } from '../sequences.js';

export interface MarkovOptions {
  readonly itemCount: number;
  readonly sequences: number;
  readonly length: number;
  /** The chance that the next item is the current one's fixed successor; otherwise it is any item, popular ones more often. */
  readonly follow?: number;
  readonly seed?: number;
}

/** Histories with a planted rule, so that a model that learned it beats popularity by a known margin; no item repeats at once. */
export function markovSequences({ itemCount, sequences, length, follow = 0.7, seed = 1 }: MarkovOptions): Sequences {
  const random = new Random(seed);
  const successor = Int32Array.from({ length: itemCount }, (_, item) => item);
  random.shuffle(successor);
  const items: number[] = [];
  for (let s = 0; s < sequences; s++) {
    let item = random.below(itemCount);
    for (let i = 0; i < length; i++) {
      items.push(item);
      const next = random.unit() < follow ? successor[item]! : Math.floor(itemCount * random.unit() ** 2);
      item = next === item ? (next + 1) % itemCount : next;
    }
  }
  return { offsets: Int32Array.from({ length: sequences + 1 }, (_, s) => s * length), items: Int32Array.from(items) };
}
