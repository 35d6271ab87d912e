import { completionOf, maxEventBytes, partitionOfEvent, uuidV7, validateEvent, EVENT_LIMITS, type LogRecord } from '@serendip/events-domain';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';

type Result = MessageInitShape<typeof events.EventResultSchema>;

/** A batch after validation: records for the log, and a result for each event in order. */
export interface AcceptedBatch {
  readonly records: readonly LogRecord[];
  readonly bytes: number;
  readonly results: readonly Result[];
}

export interface AcceptOptions {
  readonly tenant: string;
  readonly nowMs: number;
  readonly random: (bytes: number) => Uint8Array;
  /** Set for an import: any age, and each event gets its place. */
  readonly importBatch?: { readonly importId: string; readonly batch: number };
}

const ACCEPTED: Result = { status: events.EventStatus.ACCEPTED };

/** Checks each event by itself, completes what is valid and encodes it once, as it will stand in the log. */
export function acceptEvents(batch: readonly events.Event[], { tenant, nowMs, random, importBatch }: AcceptOptions): AcceptedBatch {
  const records: LogRecord[] = [];
  let bytes = 0;
  const rules = { nowMs, maxAgeMs: importBatch === undefined ? EVENT_LIMITS.maxAgeMs : Infinity };
  const arrival = { tenant, receivedAtMs: nowMs, newEventId: () => uuidV7(nowMs, random(16)) };
  const results = batch.map((event, index): Result => {
    const fault = validateEvent(event, rules);
    if (fault !== undefined) return { status: events.EventStatus.REJECTED, ...fault };
    const position = importBatch === undefined ? undefined : create(events.ImportPositionSchema, { ...importBatch, index });
    const complete = Object.assign(event, completionOf(event, arrival, position));
    const encoded = toBinary(events.EventSchema, complete);
    if (encoded.length > maxEventBytes(event.type)) {
      return { status: events.EventStatus.REJECTED, reason: 'EVENT_TOO_LARGE', detail: `The event has ${encoded.length} bytes, at most ${maxEventBytes(event.type)} are allowed.` };
    }
    records.push({ partition: partitionOfEvent(complete), bytes: encoded });
    bytes += encoded.length;
    return ACCEPTED;
  });
  return { records, bytes, results };
}
