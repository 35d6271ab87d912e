import { uuidV7 } from '@serendip/shared-identity';
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
    eventId: eventIdOf(time, key),
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

/** The same id for the same time and key: its random bits are hashed from the key. */
function eventIdOf(time: number, key: readonly number[]): string {
  const random = new DataView(new ArrayBuffer(12));
  for (let word = 0; word < 3; word++) random.setUint32(word * 4, hash32(word + 1, ...key));
  return uuidV7(time, new Uint8Array(random.buffer));
}
