import { PARTITIONS, anonymousEntity, itemEntity, partitionOf, userEntity } from '@serendip/shared-identity';
import type { StateEvent } from '../state-event.js';
import type { JsonChange } from './json-documents.js';

/** 2026-09-21T13:00:00Z, a full hour. */
export const SOME_HOUR_MS = 1_790_002_800_000;
export const HOUR_MS = 3_600_000;
/** The tenant and the partition of everything that is made here. */
export const TENANT = 'shop';
export const PARTITION = 7;

const ofPartition = (prefix: string, isIn: (id: string) => boolean): readonly string[] =>
  Array.from({ length: PARTITIONS * 16 }, (_, i) => `${prefix}-${i}`).filter(isIn).slice(0, 5);

/** Users, and items of the catalogue, whose partition is the one above. */
export const USERS = ofPartition('user', (id) => partitionOf(TENANT, userEntity(id)) === PARTITION);
export const ITEMS = ofPartition('item', (id) => partitionOf(TENANT, itemEntity(id)) === PARTITION);

/** Anonymous visitors of that partition. */
export const VISITORS = ofPartition('visitor', (id) => partitionOf(TENANT, anonymousEntity(id)) === PARTITION).slice(0, 3);

/** A click of the first user on item `a`, with what is given; without an id, so that it is never a repeat. */
export function aStateEvent(fields: Partial<StateEvent> = {}): StateEvent {
  return {
    eventId: '', tenant: TENANT, type: 'click', userId: USERS[0]!, anonymousId: '', sessionId: '', items: [{ itemId: 'a' }],
    eventTimeMs: SOME_HOUR_MS, receivedAtMs: SOME_HOUR_MS, payload: { case: undefined }, ...fields,
  };
}

/** A change of an item, for `JsonDocuments`. */
export function anItemChange(change: JsonChange, fields: Partial<StateEvent> = {}): StateEvent {
  return aStateEvent({ type: '$item', userId: '', items: [], payload: { case: 'itemChange', value: change }, ...fields });
}

/** A change of the first user's profile, for `JsonDocuments`. */
export function aProfileChange(change: Omit<JsonChange, 'id'>, fields: Partial<StateEvent> = {}): StateEvent {
  return aStateEvent({ type: '$user', items: [], payload: { case: 'userChange', value: { id: '', ...change } }, ...fields });
}
