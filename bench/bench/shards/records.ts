/** Users and their events. */
import { partitionOfEvent } from '@serendip/events-domain';
import type { UserKey } from '@serendip/features-domain';
import { create, events, toBinary } from '@serendip/shared-contracts';
import { userEntity } from '@serendip/shared-identity';

export const TENANT = 'default';
const ITEMS = 5_000;

let serial = 0;

export const userId = (n: number): string => `u-${n}`;
export const keyOf = (n: number): UserKey => ({ tenant: TENANT, entity: userEntity(userId(n)) });

/** Another one each time, of all of them in the end. */
export const someUser = (users: number): number => (serial++ * 104_729) % users;

/** A click of the n-th user, as the log has it. */
export function recordOf(user: number) {
  const event = create(events.EventSchema, { eventId: `e-${serial++}`, tenant: TENANT, type: 'click', userId: userId(user), items: [{ itemId: `i-${(serial * 7919) % ITEMS}` }], eventTimeMs: Date.now(), receivedAtMs: Date.now() });
  return { partition: partitionOfEvent(event), bytes: toBinary(events.EventSchema, event) };
}
