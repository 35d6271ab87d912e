import { completionOf, maxEventBytes, partitionOfEvent, validateEvent, EVENT_LIMITS, type EventFault, type LogRecord } from '@serendip/events-domain';
import type { events } from '@serendip/shared-contracts';
import { accepted, complete, encode, rejected, type Result } from './ingestion.mapper.js';

/** A batch after validation. */
export interface AcceptedBatch {
  /** The valid events as they will stand in the log, in order. */
  readonly records: readonly LogRecord[];
  /** Size of the records together. */
  readonly bytes: number;
  /** A result for each event, in order. */
  readonly results: readonly Result[];
  /** How many events were rejected for each reason. */
  readonly rejections: ReadonlyMap<string, number>;
}

export interface AcceptOptions {
  readonly tenant: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly newEventId: () => string;
  /** Set for an import: events may have any age, and each gets its place. */
  readonly importBatch?: { readonly importId: string; readonly batch: number };
}

/** Checks each event by itself, completes what is valid and encodes it once. Takes the events over. */
export function acceptEvents(batch: readonly events.Event[], { tenant, nowMs, newEventId, importBatch }: AcceptOptions): AcceptedBatch {
  const records: LogRecord[] = [];
  const rejections = new Map<string, number>();
  const rules = { nowMs, maxAgeMs: importBatch === undefined ? EVENT_LIMITS.maxAgeMs : Infinity };
  const arrival = { tenant, receivedAtMs: nowMs, newEventId };

  const reject = (fault: EventFault): Result => {
    rejections.set(fault.reason, (rejections.get(fault.reason) ?? 0) + 1);
    return rejected(fault);
  };
  const accept = (event: events.Event, index: number): Result => {
    const fault = validateEvent(event, rules);
    if (fault !== undefined) return reject(fault);
    const completed = complete(event, completionOf(event, arrival, importBatch && { ...importBatch, index }));
    const bytes = encode(completed);
    const most = maxEventBytes(event.type);
    if (bytes.length > most) return reject({ reason: 'EVENT_TOO_LARGE', detail: `The event has ${bytes.length} bytes, at most ${most} are allowed.` });
    records.push({ partition: partitionOfEvent(completed), bytes });
    return accepted;
  };
  const results = batch.map(accept);
  return { records, bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0), results, rejections };
}
