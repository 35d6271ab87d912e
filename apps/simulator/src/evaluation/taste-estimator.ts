import { onceEach } from './item-facts.js';
import type { ItemFacts } from './item-facts.js';
import { groupByUser, strength, type Interaction } from './interactions.js';
import { Recommender, type Request } from './recommender.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Weights of the parts of a score; a learned ranker would find its own. */
const parts = { lasting: 1, visit: 1.2, next: 1.4, style: 0.55, brand: 0.3, price: 0.8, popularity: 1, settled: 3, type: 0.3, neighbours: 0.3 } as const;

/**
 * A simple personal model that shows what can be learned: it counts the user's types and categories (lasting and in this visit), styles,
 * brands and price level with smoothing towards everybody's, and which type follows which, and adds the logarithms.
 */
export class TasteEstimator extends Recommender {
  readonly name = 'taste-estimating';
  private readonly popularity: Float64Array;
  private readonly related: ReadonlyMap<string, ReadonlyMap<string, number>>;
  private readonly follows: ReadonlyMap<string, ReadonlyMap<string, number>>;

  constructor(private readonly facts: readonly ItemFacts[], interactions: readonly Interaction[]) {
    super();
    this.popularity = withinCategory(facts, interactions);
    this.related = relatedCategories(facts, [...groupByUser(interactions).values()]);
    this.follows = successors(facts, [...groupByUser(interactions).values()]);
  }

  score({ history, time }: Request): Float64Array {
    const useful = history.filter(({ type }) => strength[type] > 0);
    const weigh = (scale: number) => ({ time: at, type }: Interaction): number => strength[type] * Math.exp(-(time - at) / scale);
    const lasting = this.shares(useful, weigh(30 * DAY));
    const visit = this.shares(useful.filter(({ time: at }) => time - at < 60 * MINUTE), () => 1);
    const next = this.expected(useful.filter(({ time: at }) => time - at < 5 * DAY));
    const price = this.priceLevel(useful);
    const likely = this.likelyCategories(useful, lasting.category);
    const settled = new Set(useful.filter(({ type }) => type === 'add_to_cart' || type === 'purchase').map(({ item }) => this.facts[item]!.type));
    return Float64Array.from(this.facts, (item, index) =>
      parts.lasting * Math.log(0.004 + lasting.category.of(item.category) + parts.neighbours * (likely.get(item.category) ?? 0))
      + parts.type * Math.log(0.02 + lasting.type.of(item.type))
      + parts.visit * Math.log(0.15 + visit.category.of(item.category) + 0.5 * visit.type.of(item.type))
      + parts.next * Math.log(0.1 + (next.get(item.type) ?? 0))
      + parts.style * Math.log(0.06 + lasting.style.of(item.style))
      + parts.brand * Math.log(0.06 + lasting.brand.of(item.brand))
      - parts.price * Math.abs(item.priceLevel - price)
      + parts.popularity * this.popularity[index]!
      - (settled.has(item.type) ? parts.settled : 0));
  }

  private shares(interactions: readonly Interaction[], weigh: (interaction: Interaction) => number): Record<'category' | 'type' | 'style' | 'brand', Shares> {
    const shares = { category: new Shares(), type: new Shares(), style: new Shares(), brand: new Shares() };
    for (const interaction of interactions) {
      const item = this.facts[interaction.item]!;
      for (const name of ['category', 'type', 'style', 'brand'] as const) shares[name].add(item[name], weigh(interaction));
    }
    return shares;
  }

  /** Categories that people with the user's categories also like, as shares. */
  private likelyCategories(interactions: readonly Interaction[], own: Shares): ReadonlyMap<string, number> {
    const likely = new Map<string, number>();
    for (const category of onceEach(interactions.map(({ item }) => this.facts[item]!.category))) {
      for (const [other, share] of this.related.get(category) ?? []) likely.set(other, (likely.get(other) ?? 0) + own.of(category) * share);
    }
    return likely;
  }

  /** Probability of each type to come next, after what was put in the cart or bought lately. */
  private expected(interactions: readonly Interaction[]): ReadonlyMap<string, number> {
    const expected = new Map<string, number>();
    for (const { item, type } of interactions) {
      if (type !== 'add_to_cart' && type !== 'purchase') continue;
      for (const [next, share] of this.follows.get(this.facts[item]!.type) ?? []) expected.set(next, (expected.get(next) ?? 0) + share);
    }
    return expected;
  }

  private priceLevel(interactions: readonly Interaction[]): number {
    const levels = interactions.map(({ item }) => this.facts[item]!.priceLevel);
    return (levels.reduce((sum, level) => sum + level, 0) + 2 * 0.45) / (levels.length + 2);
  }
}

class Shares {
  private readonly weights = new Map<string, number>();
  private total = 2;

  add(name: string, weight: number): void {
    this.weights.set(name, (this.weights.get(name) ?? 0) + weight);
    this.total += weight;
  }

  of(name: string): number {
    return (this.weights.get(name) ?? 0) / this.total;
  }
}

/** For each category, the share of each other one among what its visitors look at. */
function relatedCategories(facts: readonly ItemFacts[], histories: readonly (readonly Interaction[])[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const together = new Map<string, Map<string, number>>();
  for (const history of histories) {
    const counts = new Map<string, number>();
    for (const { item } of history) counts.set(facts[item]!.category, (counts.get(facts[item]!.category) ?? 0) + 1);
    for (const [a, countA] of counts) {
      const row = together.get(a) ?? new Map<string, number>();
      together.set(a, row);
      for (const [b, countB] of counts) row.set(b, (row.get(b) ?? 0) + (countA * countB) / history.length);
    }
  }
  return new Map([...together].map(([a, row]) => {
    const total = [...row.values()].reduce((sum, value) => sum + value, 0);
    return [a, new Map([...row].map(([b, value]) => [b, value / total]))];
  }));
}

/** Log of an item's popularity against the mean of its category. */
function withinCategory(facts: readonly ItemFacts[], interactions: readonly Interaction[]): Float64Array {
  const counts = new Float64Array(facts.length);
  for (const { item, type } of interactions) counts[item]! += strength[type];
  const totals = new Map<string, { sum: number; items: number }>();
  for (const [index, { category }] of facts.entries()) {
    const total = totals.get(category) ?? { sum: 0, items: 0 };
    totals.set(category, { sum: total.sum + counts[index]!, items: total.items + 1 });
  }
  return counts.map((count, index) => {
    const { sum, items } = totals.get(facts[index]!.category)!;
    return Math.log((count + 5) / (sum / items + 5));
  });
}

/** For each type that was chosen, the share of each type among what the same user looked at next, against its share in general. */
function successors(facts: readonly ItemFacts[], histories: readonly (readonly Interaction[])[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const follows = new Map<string, Map<string, number>>();
  for (const history of histories) {
    for (const [at, { item, type, time }] of history.entries()) {
      if (type !== 'add_to_cart') continue;
      const own = facts[item]!.type;
      const row = follows.get(own) ?? new Map<string, number>();
      follows.set(own, row);
      const after = history.slice(at + 1).filter((next) => next.time - time < 5 * DAY && strength[next.type] > 0);
      for (const next of onceEach(after.map((interaction) => facts[interaction.item]!.type))) if (next !== own) row.set(next, (row.get(next) ?? 0) + 1 / (1 + after.length));
    }
  }
  return new Map([...follows].map(([own, row]) => {
    const total = [...row.values()].reduce((sum, value) => sum + value, 3);
    return [own, new Map([...row].map(([next, value]) => [next, value / total]))];
  }));
}
