/** Who is asked, and what. */
import type { Question } from './product.ts';
import type { Rating } from './timeline.ts';

export const CONTESTANTS = ['popularAll', 'popular30d', 'itemToItem', 'retriever', 'system'] as const;
export type Contestant = (typeof CONTESTANTS)[number];

/** Newest items that item-to-item goes by; the best of 1, 3 and 8 on ratings before the split. */
const SEEDS = 3;
/** What a request takes. */
const MOST_EXCLUDED = 1000;
const MOST_LIMIT = 200;

/** What each user has rated so far, oldest first. */
export class Histories {
  private readonly items = new Map<string, string[]>();
  private readonly numbers = new Map<string, number>();

  constructor(known: readonly Rating[]) {
    this.add(known);
  }

  add(ratings: readonly Rating[]): void {
    for (const { userId, itemId } of ratings) {
      const items = this.items.get(userId);
      if (items === undefined) this.items.set(userId, [itemId]);
      else items.push(itemId);
    }
  }

  of(userId: string): readonly string[] {
    return this.items.get(userId) ?? [];
  }

  numberOf(userId: string): number {
    const known = this.numbers.get(userId) ?? this.numbers.size;
    this.numbers.set(userId, known);
    return known;
  }
}

/**
 * One question for each contestant, CONTESTANTS' order. Item-to-item is asked as for nobody, with the newest items as seeds, so that it
 * knows nothing else of the user; who has seen more than a request can exclude gets a longer list, to take the rest out of.
 */
export function questionsAt({ userId, timeMs }: Rating, history: readonly string[], limit: number): readonly Question[] {
  const common = { userId, at: timeMs, limit };
  return [
    { ...common, placement: 'eval-popular-all' },
    { ...common, placement: 'eval-popular-30d' },
    { placement: 'eval-item-to-item', at: timeMs, limit: history.length > MOST_EXCLUDED ? MOST_LIMIT : limit, items: history.slice(-SEEDS).reverse(), exclude: history.slice(-MOST_EXCLUDED) },
    { ...common, placement: 'eval-retriever' },
    { ...common, placement: 'home' },
  ];
}

/** The place of an item in a list without what the user has seen, from 0; -1 when it isn't there. */
export function rankIn(list: readonly string[], itemId: string, history: readonly string[]): number {
  const seen = new Set(history);
  return list.filter((id) => !seen.has(id)).indexOf(itemId);
}
