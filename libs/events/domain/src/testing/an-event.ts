import type { EventFields } from '../model/event-fields.js';

/** A valid view of item i1 by user u1, with what is given. */
export function anEvent(fields: Partial<EventFields> = {}): EventFields {
  return {
    eventId: 'e1', tenant: 'default', type: 'view', userId: 'u1', anonymousId: '', sessionId: '', items: [{ itemId: 'i1', quantity: 0 }],
    currency: '', placement: '', attributionToken: '', eventTimeMs: 0, receivedAtMs: 0, schemaVersion: 0, properties: {},
    payload: { case: undefined }, ...fields,
  };
}
