import type { ShopEvent } from '../shoppers/event.js';
import type { Item } from '../shop/product.js';
import { groupBy } from './group-by.js';

/** One thing a user did with one item; what a recommender may learn from. */
export interface Interaction {
  readonly user: string;
  /** Index of the item in the catalogue's list. */
  readonly item: number;
  readonly type: ShopEvent['type'];
  /** Epoch milliseconds. */
  readonly time: number;
}

/** How much an event of each type says for the item. */
export const strength: Readonly<Record<ShopEvent['type'], number>> = { view: 1, click: 1, like: 2, add_to_cart: 3, purchase: 4, hide: 0, search: 0 };

/** Events as interactions, in the same order; events without an item give none, those with several give one each. */
export function toInteractions(events: Iterable<ShopEvent>, items: readonly Item[]): readonly Interaction[] {
  const indexOf = new Map(items.map(({ id }, index) => [id, index]));
  const interactions: Interaction[] = [];
  for (const event of events) {
    const ids = event.itemId === undefined ? (event.items ?? []).map(({ itemId }) => itemId) : [event.itemId];
    for (const id of ids) {
      const item = indexOf.get(id);
      const user = event.userId ?? event.anonymousId;
      if (item !== undefined && user !== undefined) interactions.push({ user, item, type: event.type, time: Date.parse(event.eventTime) });
    }
  }
  return interactions;
}

export function groupByUser(interactions: readonly Interaction[]): ReadonlyMap<string, readonly Interaction[]> {
  return groupBy(interactions, ({ user }) => user);
}
