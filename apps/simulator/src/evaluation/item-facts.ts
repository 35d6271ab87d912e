import type { Item } from '../shop/product.js';
import { groupBy } from './group-by.js';

/** What anybody can read off an item. */
export interface ItemFacts {
  readonly category: string;
  /** First tag: what the thing is. */
  readonly type: string;
  /** Second tag. */
  readonly style: string;
  readonly brand: string;
  /** Rank of its price among items of its type, 0 to 1. */
  readonly priceLevel: number;
}

export function readItemFacts(items: readonly Item[]): readonly ItemFacts[] {
  const prices = groupBy(items, ({ tags }) => tags[0]!);
  return items.map((item) => {
    const sameType = prices.get(item.tags[0]!)!;
    const cheaper = sameType.filter(({ price }) => price < item.price).length;
    return {
      category: item.categories.join(' > '),
      type: item.tags[0]!,
      style: item.tags[1]!,
      brand: String(item.attributes.brand),
      priceLevel: sameType.length > 1 ? cheaper / (sameType.length - 1) : 0.5,
    };
  });
}

export const onceEach = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
