import { completionOf, maxEventBytes, partitionOfEvent, validateEvent, validateForwarded, EVENT_LIMITS, type EventFault, type LogRecord } from '@serendip/events-domain';
import type { events } from '@serendip/shared-contracts';
import { accepted, asSent, complete, encodeEach, rejected, type Result } from './ingestion.mapper.js';

/** An event that was refused, as it came. */
export interface RefusedEvent {
  readonly event: events.Event;
  readonly fault: EventFault;
}

/** A batch after validation. */
export interface AcceptedBatch {
  /** The valid events as they will stand in the log, in order. */
  readonly records: readonly LogRecord[];
  /** Size of the records together. */
  readonly bytes: number;
  /** A result for each event, in order. */
  readonly results: readonly Result[];
  /** The events that were rejected, in order. */
  readonly refused: readonly RefusedEvent[];
}

export interface AcceptOptions {
  readonly tenant: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly newEventId: () => string;
  /** Set for an import: events may have any age, and each gets its place: that in `indices` where there are some. */
  readonly importBatch?: { readonly importId: string; readonly batch: number; readonly indices: readonly number[] };
}

/** Checks each event by itself, completes what is valid and encodes it once. Takes the events over. */
export function acceptEvents(batch: readonly events.Event[], { tenant, nowMs, newEventId, importBatch }: AcceptOptions): AcceptedBatch {
  const rules = { nowMs, maxAgeMs: importBatch === undefined ? EVENT_LIMITS.maxAgeMs : Infinity };
  const arrival = { tenant, receivedAtMs: nowMs, newEventId };
  return accept(batch, {
    faultOf: (event) => validateEvent(event, rules),
    completed: (event, index) => complete(event, completionOf(event, arrival, importBatch && { importId: importBatch.importId, batch: importBatch.batch, index: importBatch.indices[index] ?? index })),
  });
}

/** Checks each event that a processor sends to another partition, and encodes it as it is. */
export function acceptForwarded(batch: readonly events.Event[]): AcceptedBatch {
  return accept(batch, { faultOf: validateForwarded, completed: (event) => event });
}

interface Acceptance {
  readonly faultOf: (event: events.Event) => EventFault | undefined;
  /** A valid event as it will stand in the log. */
  readonly completed: (event: events.Event, index: number) => events.Event;
}

function accept(batch: readonly events.Event[], { faultOf, completed }: Acceptance): AcceptedBatch {
  const valid: events.Event[] = [];
  const sentIds: string[] = [];
  const faults = batch.map((event, index): EventFault | undefined => {
    const fault = faultOf(event);
    if (fault !== undefined) return fault;
    sentIds.push(event.eventId);
    valid.push(completed(event, index));
    return undefined;
  });

  const encoded = encodeEach(valid);
  const records: LogRecord[] = [];
  const refused: RefusedEvent[] = [];
  let at = 0;
  const results = faults.map((fault, index): Result => {
    if (fault !== undefined) {
      refused.push({ event: batch[index]!, fault });
      return rejected(fault);
    }
    const [event, bytes, eventId] = [valid[at]!, encoded[at]!, sentIds[at++]!];
    const tooLarge = sizeFault(event.type, bytes.length);
    if (tooLarge !== undefined) {
      refused.push({ event: asSent(event, eventId), fault: tooLarge });
      return rejected(tooLarge);
    }
    records.push({ partition: partitionOfEvent(event), bytes });
    return accepted;
  });
  return { records, bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0), results, refused };
}

function sizeFault(type: string, bytes: number): EventFault | undefined {
  const most = maxEventBytes(type);
  return bytes <= most ? undefined : { reason: 'EVENT_TOO_LARGE', detail: `The event has ${bytes} bytes, at most ${most} are allowed.` };
}
