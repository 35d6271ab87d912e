export type Value = string | number | boolean | readonly string[] | readonly number[];

/** `device`, `locale`, `country`, and others of your own. */
export type Context = Readonly<Record<string, Value>>;

/** What a person can do with an item. Own types: `a-z 0-9 _ . -`, at most 64 characters. */
export type EventType =
  | 'view' | 'click' | 'add_to_cart' | 'purchase' | 'rating' | 'like' | 'dislike' | 'hide' | 'search' | 'watch' | 'impression' | (string & {});

export interface EventItem {
  readonly itemId: string;
  readonly quantity?: number;
  readonly price?: number;
}

/** What an event may say besides its items. */
export interface EventDetails {
  /** A rating's stars (0–5), seconds or share watched, money. */
  readonly value?: number;
  /** ISO 4217. */
  readonly currency?: string;
  /** Place in the list, from 0. Known by itself for items of a recommended list, as are the next two. */
  readonly position?: number;
  readonly placement?: string;
  readonly attributionToken?: string;
  readonly context?: Context;
  readonly properties?: Readonly<Record<string, Value>>;
}

type OneOrMany =
  | { readonly itemId: string; readonly items?: never }
  | { readonly items: readonly EventItem[]; readonly itemId?: never };
type Items<Type> = Type extends 'search' ? OneOrMany | { readonly itemId?: never; readonly items?: never } : OneOrMany;

/** An event of a type: all but searches name an item or several, ratings have a value. */
export type EventOf<Type extends EventType> = EventDetails & Items<Type> & (Type extends 'rating' ? { readonly value: number } : unknown);

/** An event as it is kept and sent. */
export interface QueuedEvent extends EventDetails {
  readonly eventId: string;
  readonly type: string;
  readonly eventTime?: number;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly sessionId?: string;
  readonly itemId?: string;
  readonly items?: readonly EventItem[];
}

/** Why the platform will never take an event: its stable reason and a sentence for a person. */
export interface Rejection {
  readonly reason: string;
  readonly detail: string;
}
