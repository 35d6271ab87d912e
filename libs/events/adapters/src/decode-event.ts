import { events, fromBinary } from '@serendip/shared-contracts';

/** The event in the bytes of a record; undefined where it is none. */
export function decodeEvent(bytes: Uint8Array): events.Event | undefined {
  try {
    return fromBinary(events.EventSchema, bytes);
  } catch {
    return undefined;
  }
}
