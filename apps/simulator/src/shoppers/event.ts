import { hash32 } from '../random.js';
import type { Product } from '../shop/product.js';

export type EventType = 'view' | 'click' | 'add_to_cart' | 'purchase' | 'like' | 'hide' | 'search';

/** An event as the gateway's API takes it. */
export interface ShopEvent {
  readonly eventId: string;
  readonly type: EventType;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly sessionId: string;
  readonly itemId?: string;
  readonly items?: readonly { readonly itemId: string; readonly quantity: number; readonly price: number }[];
  readonly value?: number;
  readonly currency?: string;
  /** From 0, the first place of the list. */
  readonly position?: number;
  readonly placement?: string;
  readonly attributionToken?: string;
  readonly eventTime: string;
  readonly context: { readonly device: string };
  readonly properties?: Readonly<Record<string, string>>;
}

/** What a shopper does at one time (epoch milliseconds), before it becomes an event. */
export interface Action {
  readonly type: EventType;
  readonly time: number;
  readonly products: readonly Product[];
  /** From 0. */
  readonly position?: number;
  readonly placement?: string;
  readonly attributionToken?: string;
  readonly query?: string;
}

/** Who acts, as the platform sees them. */
export interface Identity {
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly sessionId: string;
  readonly device: string;
}

/** The event of an action; `key` identifies the action in its world, so that the same action has the same event id. */
export function toEvent(action: Action, identity: Identity, key: readonly number[]): ShopEvent {
  const { type, time, products, position, placement, attributionToken, query } = action;
  return {
    eventId: uuidV7(time, key),
    type,
    ...(identity.userId === undefined ? { anonymousId: identity.anonymousId! } : { userId: identity.userId }),
    sessionId: identity.sessionId,
    ...subject(products),
    ...(type === 'purchase' ? { value: total(products), currency: 'EUR' } : {}),
    ...(position === undefined ? {} : { position }),
    ...(placement === undefined ? {} : { placement }),
    ...(attributionToken === undefined ? {} : { attributionToken }),
    eventTime: new Date(time).toISOString(),
    context: { device: identity.device },
    ...(query === undefined ? {} : { properties: { query } }),
  };
}

function subject(products: readonly Product[]): Pick<ShopEvent, 'itemId' | 'items'> {
  const [first] = products;
  if (first === undefined) return {};
  if (products.length === 1) return { itemId: first.item.id };
  return { items: products.map(({ item }) => ({ itemId: item.id, quantity: 1, price: item.price })) };
}

const total = (products: readonly Product[]): number => Math.round(products.reduce((sum, { item }) => sum + item.price, 0) * 100) / 100;

/** RFC 9562 version 7: milliseconds, then 74 bits hashed from the key. */
export function uuidV7(time: number, key: readonly number[]): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
  const [a, b, c] = [hash32(1, ...key), hash32(2, ...key), hash32(3, ...key)];
  const stamp = hex(Math.floor(time), 12);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${hex(a, 3)}-${hex(0x8000 | (b & 0x3fff), 4)}-${hex(c, 8)}${hex(b >>> 14, 4)}`;
}
