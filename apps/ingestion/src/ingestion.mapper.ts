import type { Completion, Durability, EventFault, ImportState, LogRecord } from '@serendip/events-domain';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';

export type Result = MessageInitShape<typeof events.EventResultSchema>;

export const accepted: Result = create(events.EventResultSchema, { status: events.EventStatus.ACCEPTED });

export const rejected = ({ reason, detail }: EventFault): Result => create(events.EventResultSchema, { status: events.EventStatus.REJECTED, reason, detail });

export const importMessage = ({ id, name, lastBatch, accepted, rejected }: ImportState): MessageInitShape<typeof events.ImportSchema> => ({ id, name, lastBatch, accepted, rejected });

const durabilities: Readonly<Record<Durability, events.Durability>> = {
  process: events.Durability.PROCESS, disk: events.Durability.DISK, replicated: events.Durability.REPLICATED,
};
export const durabilityMessage = (durability: Durability): events.Durability => durabilities[durability];

/** Where records stand in the log. */
export const placesMessage = (records: readonly LogRecord[], positions: readonly number[]): { readonly partitions: Uint8Array; readonly positions: Uint8Array } => ({
  partitions: bytesOf(Int32Array.from(records, ({ partition }) => partition)), positions: bytesOf(Float64Array.from(positions)),
});

/** The message as it will stand in the log; changes it in place. */
export function complete(event: events.Event, { importPosition, cause: _, ...fields }: Completion): events.Event {
  return Object.assign(event, fields, { cause: undefined, importPosition: importPosition && create(events.ImportPositionSchema, { ...importPosition }) });
}

/** A completed event without what the platform filled in, so that it is the same each time it is sent. */
export function asSent(event: events.Event, eventId: string): events.Event {
  const eventTimeMs = event.eventTimeMs === event.receivedAtMs ? 0 : event.eventTimeMs;
  return { ...event, eventId, eventTimeMs, receivedAtMs: 0, schemaVersion: 0, importPosition: undefined };
}

/** The bytes of each event. They share one buffer, which costs half of what a buffer for each does. */
export function encodeEach(list: readonly events.Event[]): Uint8Array[] {
  const bytes = toBinary(events.WriteEventsRequestSchema, create(events.WriteEventsRequestSchema, { events: [...list] }));
  const encoded: Uint8Array[] = [];
  // On the wire the request is nothing but its events: a tag of one byte, the length as a varint, the bytes.
  for (let at = 0; at < bytes.length;) {
    at++;
    let length = bytes[at]! & 0x7f;
    for (let shift = 7; bytes[at++]! >= 0x80; shift += 7) length += (bytes[at]! & 0x7f) << shift;
    encoded.push(bytes.subarray(at, at + length));
    at += length;
  }
  return encoded;
}
