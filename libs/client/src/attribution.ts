import type { EventDetails, EventItem } from './event.js';
import { newId } from './ids.js';
import type { Recommendations } from './recommendation.js';
import type { Store } from './store.js';

/** A list that was answered, as events about its items need it. */
interface ShownList {
  readonly atMs: number;
  readonly token: string;
  readonly placement: string;
  readonly ids: readonly string[];
}

export type Attributed = Pick<EventDetails, 'attributionToken' | 'placement' | 'position'>;

interface AboutItems extends EventDetails {
  readonly itemId?: string;
  readonly items?: readonly EventItem[];
}

/** Knows which list an item was shown in, on this page and, for a while, on those before. */
export interface Attribution {
  remember(list: Recommendations<unknown>, nowMs: number): void;
  /**
   * What an event about items does not say itself: this page's newest list with one of them, else the newest of other pages; of
   * the event's placement if it names one. The position only for a single item. Empty when there is none.
   */
  of(event: AboutItems, nowMs: number): Attributed;
  forget(): void;
}

const ENTRY = 'a.';
const MOST_LISTS = 50;

export function createAttribution(store: Store, maxAgeMs: number): Attribution {
  let ofThisPage: ShownList[] = [];
  const stored = function* (): Generator<ShownList> {
    for (const name of store.names(ENTRY).reverse()) {
      try {
        yield JSON.parse(store.get(name)!) as ShownList;
      } catch {
        store.delete(name);
      }
    }
  };
  return {
    remember({ attributionToken: token, placement, items }, nowMs) {
      if (!token || items.length === 0) return;
      const list = { atMs: nowMs, token, placement, ids: items.map(({ id }) => id) };
      ofThisPage = [list, ...ofThisPage].slice(0, MOST_LISTS);
      store.set(ENTRY + newId(nowMs), JSON.stringify(list));
      store.names(ENTRY).slice(0, -MOST_LISTS).forEach(store.delete);
    },
    of({ itemId, items, placement, attributionToken }, nowMs) {
      if (attributionToken) return {};
      const wanted = itemId === undefined ? (items ?? []).map((item) => item.itemId) : [itemId];
      const holds = (list: ShownList): boolean => nowMs - list.atMs < maxAgeMs && (placement ?? list.placement) === list.placement && wanted.some((id) => list.ids.includes(id));
      let found = ofThisPage.find(holds);
      if (!found) for (const list of stored()) if (holds(list)) { found = list; break; }
      if (!found) return {};
      return { attributionToken: found.token, placement: found.placement, ...(itemId === undefined ? {} : { position: found.ids.indexOf(itemId) }) };
    },
    forget() {
      ofThisPage = [];
    },
  };
}
