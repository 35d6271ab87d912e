/** Whom events are about: the demo shop's own shoppers as everybody else, and people who are probed once each. */
import { inBatches } from '../../shared/filling.ts';
import { send } from '../../chaos/serve/http.ts';
import type { StackState } from '../../shared/stack-process.ts';

const HOUR_MS = 3_600_000;
const TYPES = ['view', 'view', 'view', 'click', 'add_to_cart', 'purchase'];

/** Who is probed, and how many interactions they have had. */
export interface Person {
  readonly userId: string;
  readonly interactions: number;
}

/** The demo shop's shoppers, with the histories that they have had. */
export const SHOPPERS: readonly string[] = Array.from({ length: 1500 }, (_, n) => `shopper-${String(n + 1).padStart(4, '0')}`);

/** So many people of each kind, by turns. */
export function people(count: number, kinds: readonly number[]): readonly Person[] {
  return Array.from({ length: count }, (_, n) => kinds.map((interactions) => ({ userId: `probed-${interactions}-${n}`, interactions }))).flat();
}

/** Gives everybody their interactions, with random items, over the last twenty hours. */
export async function liveTheirLives({ gateways, keys }: StackState, everybody: readonly Person[], items: readonly string[]): Promise<void> {
  const now = Date.now();
  const events = everybody.flatMap(({ userId, interactions }) => Array.from({ length: interactions }, (_, n) => ({
    type: TYPES[Math.floor(Math.random() * TYPES.length)]!, userId, itemId: items[Math.floor(Math.random() ** 2 * items.length)]!,
    eventTime: Math.round(now - (20 * HOUR_MS * (interactions - n)) / interactions),
  })));
  await inBatches(events.length, (ns) => send(`${gateways[0]}/v1/events`, { method: 'POST', key: keys.secret, body: { events: ns.map((n) => events[n]!) }, timeoutMs: 30_000 }));
}
