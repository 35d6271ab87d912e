import type { Exploration } from '../recommendation.js';

/** What one slot draws from, as ordinals. */
export interface SlotPool {
  /** From 0. */
  readonly slot: number;
  readonly items: readonly { readonly ordinal: number; readonly score: number }[];
}

export interface Draws {
  /** Probability that an item in the list would be shown in its slot; 1 for one that is not here. */
  readonly propensities: ReadonlyMap<number, number>;
  /** Ordinals that were drawn, with their slot from 0. */
  readonly drawn: ReadonlyMap<number, number>;
  /** Slots that could draw. */
  readonly slots: number;
  /** Items that they drew from. */
  readonly pool: number;
}

/**
 * Draws for each slot by itself: with probability `share` one item of the slot's pool in proportion to its weight, else the item that stands there.
 *
 * What is shown in slot s is then a random variable of its own, independent of the other slots, with
 *
 *     P(greedy item g_s) = 1 − share          P(item i of pool P_s) = share · w_i ÷ Σ_{j ∈ P_s} w_j
 *
 * which sum to 1. The pools are disjoint from each other and from the list, so that nothing can be shown twice; and they are made from the
 * request alone, before anything is drawn. So these are the propensities: the probability, given the request, that this item is shown in this slot. A slot without a
 * pool shows its item with probability 1. The probability of a whole list is the product over its slots.
 *
 * @param random numbers from 0 to below 1, one for each slot in order.
 */
export function draw(list: readonly number[], pools: readonly SlotPool[], { share, weights }: Pick<Exploration, 'share' | 'weights'>, random: () => number): Draws {
  const propensities = new Map<number, number>();
  const drawn = new Map<number, number>();
  const able = pools.filter(({ items }) => items.length > 0);
  for (const { slot, items } of able) {
    const chances = chancesOf(items, weights);
    const at = random();
    if (at >= share) {
      propensities.set(list[slot]!, 1 - share);
      continue;
    }
    const place = placeOf(at / share, chances);
    propensities.set(items[place]!.ordinal, share * chances[place]!);
    drawn.set(items[place]!.ordinal, slot);
  }
  return { propensities, drawn, slots: able.length, pool: able.reduce((sum, { items }) => sum + items.length, 0) };
}

/** Probabilities of the items of one pool, which sum to 1 and are all positive. */
function chancesOf(items: SlotPool['items'], weights: Exploration['weights']): readonly number[] {
  if (weights === 'uniform') return items.map(() => 1 / items.length);
  const key = (i: number): number => (Number.isFinite(items[i]!.score) ? items[i]!.score : -Infinity);
  const order = items.map((_, i) => i).sort((a, b) => (key(a) === key(b) ? a - b : key(b) - key(a)));
  const total = order.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  const chances = new Array<number>(items.length);
  order.forEach((i, rank) => { chances[i] = 1 / (rank + 1) / total; });
  return chances;
}

/** The place that a number from 0 to below 1 falls on. */
function placeOf(at: number, chances: readonly number[]): number {
  let left = at;
  for (let place = 0; place < chances.length - 1; place++) {
    if (left < chances[place]!) return place;
    left -= chances[place]!;
  }
  return chances.length - 1;
}
