import type { Product } from '../shop/product.js';
import { taxonomy } from '../shop/taxonomy.js';

/** What a shopper came for in this visit. */
export interface Mission {
  readonly category: number;
  /** Narrower than the category when something is needed ("coffee beans" after a grinder). */
  readonly type?: number;
}

/** What a shopper has done and so wants more or less of; all times epoch milliseconds. */
export class Memory {
  private readonly seenAt: Map<number, number>;
  private readonly boughtAt: Map<number, number>;
  private readonly typeBoughtAt: Map<number, number>;
  private readonly typeLookedAt: Map<number, number>;
  private readonly wantedSince: Map<number, number>;
  private readonly hidden: Set<number>;

  constructor(from?: Memory) {
    this.seenAt = new Map(from?.seenAt);
    this.boughtAt = new Map(from?.boughtAt);
    this.typeBoughtAt = new Map(from?.typeBoughtAt);
    this.typeLookedAt = new Map(from?.typeLookedAt);
    this.wantedSince = new Map(from?.wantedSince);
    this.hidden = new Set(from?.hidden);
  }

  /** The same memory, to go on from independently. */
  copy(): Memory {
    return new Memory(this);
  }

  /** A shopper looked closely: the product is no news any more, others of its type are worth comparing. */
  look(product: Product, time: number): void {
    this.seenAt.set(product.index, time);
    this.typeLookedAt.set(product.type, time);
  }

  /** In the cart: its type is settled, what goes with it is wanted. */
  choose(product: Product, time: number): void {
    this.typeBoughtAt.set(product.type, time);
    this.wantedSince.delete(product.type);
    for (const type of taxonomy.types[product.type]!.goesWith) {
      if (!this.typeBoughtAt.has(type)) this.wantedSince.set(type, time);
    }
  }

  buy(product: Product, time: number): void {
    this.boughtAt.set(product.index, time);
    this.choose(product, time);
  }

  hide(product: Product): void {
    this.hidden.add(product.index);
  }

  isHidden(product: Product): boolean {
    return this.hidden.has(product.index);
  }

  /** Undefined when never seen. */
  lastSeen(product: Product): number | undefined {
    return this.seenAt.get(product.index);
  }

  lastBought(product: Product): number | undefined {
    return this.boughtAt.get(product.index);
  }

  lastBoughtOfType(type: number): number | undefined {
    return this.typeBoughtAt.get(type);
  }

  lastLookedAtType(type: number): number | undefined {
    return this.typeLookedAt.get(type);
  }

  /** Since when something of that type is wanted to go with an earlier choice. */
  wanted(type: number): number | undefined {
    return this.wantedSince.get(type);
  }

  /** Types wanted to go with earlier choices, oldest first. */
  wantedTypes(): readonly number[] {
    return [...this.wantedSince.keys()];
  }

  /** Types that are used up by now and were bought before, in the order of their first purchase. */
  typesUsedUp(time: number): readonly number[] {
    return [...this.typeBoughtAt].filter(([type, at]) => isUsedUp(type, at, time)).map(([type]) => type);
  }

  /** Products looked at so far. */
  get seen(): ReadonlySet<number> {
    return new Set(this.seenAt.keys());
  }
}

const DAY = 86_400_000;

function isUsedUp(type: number, boughtAt: number, time: number): boolean {
  const days = taxonomy.types[type]!.lastsDays;
  return days !== undefined && time - boughtAt > 0.8 * days * DAY;
}
