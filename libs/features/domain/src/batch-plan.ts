import { HashTable64, anonymousEntity, hash64, userEntity, type Hash64 } from '@serendip/shared-identity';
import type { Documents } from './documents.js';
import { causeKey } from './outbox.js';
import type { ImportCursor, WantedState } from './partition-store.js';
import type { PositionedEvent, StateEvent } from './state-event.js';
import type { ItemKey, UserKey } from './state-reader.js';
import { visitorsKey } from './visitors.js';

/**
 * What an event does: `interaction`, `item` and `profile` change state; `identify` says who an anonymous visitor is, `merge` brings
 * what it had done to that user; `erase` removes a person; `other` changes nothing (slates, and events that name nobody or no
 * time, or whose person has been erased).
 */
export type StepKind = 'interaction' | 'item' | 'profile' | 'identify' | 'merge' | 'erase' | 'other';

/** One event and its places in the wanted state; -1 where it has none. */
export interface BatchStep {
  readonly position: number;
  readonly event: StateEvent;
  readonly kind: StepKind;
  readonly user: number;
  /** Place of the list of the user's visitors, for what changes it. */
  readonly visitors: number;
  /** Places in `statistics` of an interaction, in `items` of an item change. */
  readonly items: readonly number[];
  /** Place of its id, by which it is known again. */
  readonly eventId: number;
  readonly importId: number;
  /** Its place in its import, or among the events of another partition. */
  readonly place: ImportCursor | undefined;
}

/** A batch with everything it will touch, to be read at once. */
export interface BatchPlan {
  readonly wanted: WantedState;
  readonly steps: readonly BatchStep[];
}

const NONE: readonly number[] = [];

/** Gives each distinct text a place. */
class Texts<T> {
  readonly list: T[] = [];
  private readonly places = new Map<string, number>();

  placeOf(text: string, make: () => T): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.list.length);
    return this.list.push(make()) - 1;
  }
}

/** Gives each distinct hash a place. */
class Hashes {
  readonly list: Hash64[] = [];
  private readonly places: HashTable64;

  /** @param expected about how many */
  constructor(expected: number) {
    this.places = new HashTable64(expected);
  }

  placeOf(hash: Hash64): number {
    const known = this.places.get(hash.lo, hash.hi);
    if (known >= 0) return known;
    this.places.set(hash, this.list.length);
    return this.list.push(hash) - 1;
  }
}

/** Gives each distinct item a place. */
class Items {
  readonly list: ItemKey[] = [];
  private readonly tenants = new Map<string, HashTable64>();

  /** @param expected about how many */
  constructor(private readonly expected: number) {}

  placeOf(tenant: string, id: string): number {
    const hash = hash64(id);
    let places = this.tenants.get(tenant);
    if (places === undefined) this.tenants.set(tenant, (places = new HashTable64(this.expected)));
    const known = places.get(hash.lo, hash.hi);
    if (known >= 0) return known;
    places.set(hash, this.list.length);
    return this.list.push({ tenant, lo: hash.lo, hi: hash.hi }) - 1;
  }
}

function userKeyOf({ tenant, userId, anonymousId }: StateEvent): UserKey {
  return { tenant, entity: userId === '' ? anonymousEntity(anonymousId) : userEntity(userId) };
}

function kindOf({ type, payload, userId, anonymousId, eventTimeMs }: StateEvent): StepKind {
  if (payload.case === 'itemChange') return 'item';
  if (userId === '' && anonymousId === '') return 'other';
  if (payload.case === 'userChange') return userId === '' ? 'other' : 'profile';
  if (payload.case === 'identify') return userId === '' ? 'identify' : 'other';
  if (payload.case === 'merge') return userId === '' ? 'other' : 'merge';
  if (payload.case === 'erase') return 'erase';
  return type === '' || type.startsWith('$') || !Number.isFinite(eventTimeMs) ? 'other' : 'interaction';
}

/** The order that an event belongs to, and its place there; undefined for one that is known by its id. */
function orderOf({ tenant, importPosition, cause }: StateEvent): { readonly key: string; readonly place: ImportCursor } | undefined {
  if (cause !== undefined) return { key: causeKey(cause.partition), place: { batch: cause.position, index: 0 } };
  if (importPosition === undefined) return undefined;
  const { importId, batch, index } = importPosition;
  return { key: `${tenant}\0${importId}`, place: { batch, index } };
}

/** Plans the events of a batch, in order. */
export function planBatch(batch: readonly PositionedEvent[], documents: Documents): BatchPlan {
  const users = new Texts<UserKey>();
  const imports = new Texts<string>();
  const events = new Hashes(batch.length);
  const statistics = new Items(batch.length);
  const items = new Items(batch.length);

  const placeOfUser = (key: UserKey): number => users.placeOf(`${key.tenant}\0${key.entity}`, () => key);

  const plan = ({ position, event, isErased = false }: PositionedEvent): BatchStep => {
    const { tenant, eventId } = event;
    const order = orderOf(event);
    const importId = order === undefined ? -1 : imports.placeOf(order.key, () => order.key);
    // A slate never changes anything, so that it need not be known again; everything else is, also what changes nothing because its person was erased.
    const isKnownById = order === undefined && eventId !== '' && event.payload.case !== 'served';
    const ownId = isKnownById ? events.placeOf(hash64(`${tenant}\0${eventId}`)) : -1;
    const step = { position, event, eventId: ownId, importId, place: order?.place, visitors: -1 };
    const kind = isErased ? 'other' : kindOf(event);
    if (kind === 'item') {
      const id = documents.itemIdOf(event.payload.value);
      return id === undefined ? { ...step, kind: 'other', user: -1, items: NONE } : { ...step, kind, user: -1, items: [items.placeOf(tenant, id)] };
    }
    if (kind === 'other') return { ...step, kind, user: -1, items: NONE };
    const user = placeOfUser(userKeyOf(event));
    const visitors = (kind === 'merge' || kind === 'erase') && event.userId !== '' ? placeOfUser(visitorsKey(tenant, event.userId)) : -1;
    return { ...step, kind, user, visitors, items: kind !== 'interaction' ? NONE : event.items.map(({ itemId }) => statistics.placeOf(tenant, itemId)) };
  };

  const steps = batch.map(plan);
  return { steps, wanted: { users: users.list, statistics: statistics.list, items: items.list, events: events.list, imports: imports.list } };
}
