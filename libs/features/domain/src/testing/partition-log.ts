import fc from 'fast-check';
import { hash64 } from '@serendip/shared-identity';
import type { PositionedEvent, StateEvent } from '../state-event.js';
import { HOUR_MS, ITEMS, SOME_HOUR_MS, USERS, VISITORS, aProfileChange, aStateEvent, anItemChange } from './a-state-event.js';
import { UserStateDraft } from '../user-state-draft.js';

/** Events with positions from 1 on, as a log has them. */
export function logOf(events: readonly StateEvent[], from = 1): PositionedEvent[] {
  return events.map((event, i) => ({ position: from + i, event }));
}

const types = ['view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'hide', 'search', 'impression', 'own_type'] as const;

const shared = {
  who: fc.nat(USERS.length - 1), what: fc.nat(ITEMS.length - 1), id: fc.nat(12), session: fc.nat(2), late: fc.nat(40 * HOUR_MS),
  /** Time since the event before was received: mostly none, now and then a good part of the dedupe window. */
  pause: fc.oneof({ weight: 6, arbitrary: fc.nat(60_000) }, { weight: 1, arbitrary: fc.nat(30 * HOUR_MS) }),
};

const anything = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ...shared, kind: fc.constant('interaction' as const), type: fc.constantFrom(...types), items: fc.nat(3), value: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ ...shared, kind: fc.constant('import' as const), batch: fc.integer({ min: 1, max: 3 }), index: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ ...shared, kind: fc.constantFrom('item' as const, 'profile' as const), change: fc.constantFrom('put' as const, 'patch' as const, 'delete' as const), value: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ ...shared, kind: fc.constant('served' as const) }) },
  { weight: 3, arbitrary: fc.record({ ...shared, kind: fc.constant('visit' as const), type: fc.constantFrom(...types), items: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ ...shared, kind: fc.constant('identify' as const) }) },
  { weight: 1, arbitrary: fc.record({ ...shared, kind: fc.constant('erase' as const), isVisitor: fc.boolean(), named: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ ...shared, kind: fc.constant('merge' as const), from: fc.nat(2), cause: fc.nat(20), moved: fc.nat(3) }) },
);

type Anything = typeof anything extends fc.Arbitrary<infer T> ? T : never;

/** The state of a visitor who clicked so many items. */
function visitOf(items: number, timeMs: number): Uint8Array {
  const draft = new UserStateDraft();
  for (let i = 0; i < items; i++) {
    draft.count(2, timeMs, { lo: 1, hi: 0 });
    draft.interact({ ...hash64(`item-${i}`), type: 2, value: NaN, timeMs });
  }
  return draft.encode();
}

function erased(who: Partial<StateEvent>, { anonymousIds, ...fields }: Partial<StateEvent> & { readonly anonymousIds: readonly string[] }): StateEvent {
  return aStateEvent({ ...fields, ...who, type: '$erase', items: [], payload: { case: 'erase', value: { anonymousIds } } });
}

function eventOf(drawn: Anything, receivedAtMs: number): StateEvent {
  const fields = { eventId: `e${drawn.id}`, userId: USERS[drawn.who]!, sessionId: `s${drawn.session}`, receivedAtMs, eventTimeMs: receivedAtMs - drawn.late };
  const clicked = (count: number) => Array.from({ length: count }, (_, i) => ({ itemId: `item-${drawn.what + i}` }));
  switch (drawn.kind) {
    case 'interaction': return aStateEvent({ ...fields, type: drawn.type, items: drawn.type === 'search' ? [] : clicked(drawn.items), ...(drawn.type === 'rating' ? { value: drawn.value } : {}) });
    case 'import': return aStateEvent({ ...fields, items: clicked(1), importPosition: { importId: 'i', batch: drawn.batch, index: drawn.index } });
    case 'item': return anItemChange({ id: ITEMS[drawn.what]!, kind: drawn.change, fields: { price: drawn.value } }, { eventId: fields.eventId, receivedAtMs });
    case 'profile': return aProfileChange({ kind: drawn.change, fields: { [`a${drawn.value}`]: drawn.what } }, fields);
    case 'visit': return aStateEvent({ ...fields, userId: '', anonymousId: VISITORS[drawn.who % VISITORS.length]!, type: drawn.type, items: drawn.type === 'search' ? [] : clicked(drawn.items) });
    case 'identify': return aStateEvent({ ...fields, type: '$identify', userId: '', anonymousId: VISITORS[drawn.who % VISITORS.length]!, items: [], payload: { case: 'identify', value: { userId: USERS[drawn.what]! } } });
    case 'merge': return aStateEvent({ ...fields, type: '$merge', items: [], cause: { partition: drawn.from, position: drawn.cause }, payload: { case: 'merge', value: { anonymousId: 'elsewhere', state: visitOf(drawn.moved, fields.eventTimeMs) } } });
    case 'erase': return erased(drawn.isVisitor ? { userId: '', anonymousId: VISITORS[drawn.who % VISITORS.length]! } : { userId: fields.userId }, { anonymousIds: drawn.named ? ['elsewhere'] : [], ...fields });
    case 'served': return aStateEvent({ ...fields, type: '$served', items: [], payload: { case: 'served', value: {} } });
  }
}

/** Logs of one partition: repeats, late events, pauses longer than the dedupe window, imports, items, profiles and slates. */
export const partitionLogs: fc.Arbitrary<readonly PositionedEvent[]> = fc.array(anything, { minLength: 1, maxLength: 80 }).map((drawn) => {
  let receivedAtMs = SOME_HOUR_MS;
  return logOf(drawn.map((one) => eventOf(one, (receivedAtMs += one.pause))));
});
