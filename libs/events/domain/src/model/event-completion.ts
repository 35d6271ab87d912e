import type { EventFields, ImportPositionFields } from './event-fields.js';

/** The version of the event model that is written now. */
export const SCHEMA_VERSION = 1;

export type Completion = Pick<EventFields, 'tenant' | 'eventId' | 'eventTimeMs' | 'receivedAtMs' | 'schemaVersion' | 'importPosition' | 'cause'>;

/** What the platform knows of an event that its client may not. */
export interface Arrival {
  readonly tenant: string;
  /** Epoch milliseconds. */
  readonly receivedAtMs: number;
  /** Makes the id of an event that came without one. */
  readonly newEventId: () => string;
}

/**
 * The fields of a valid event as they are written to the log. Id and time are the client's if it gave any; an event of an
 * import without an id gets one from its place, so that the batch sent again makes the same event.
 */
export function completionOf(event: EventFields, arrival: Arrival, importPosition?: ImportPositionFields): Completion {
  const { tenant, receivedAtMs, newEventId } = arrival;
  return {
    tenant,
    eventId: event.eventId !== '' ? event.eventId : importPosition === undefined ? newEventId() : importEventId(importPosition),
    eventTimeMs: event.eventTimeMs === 0 ? receivedAtMs : event.eventTimeMs,
    receivedAtMs,
    schemaVersion: SCHEMA_VERSION,
    importPosition,
    // Only processors send events that have one.
    cause: undefined,
  };
}

const importEventId = ({ importId, batch, index }: ImportPositionFields): string => `${importId}-${batch}-${index}`;
