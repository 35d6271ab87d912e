import { decodeEvent } from '@serendip/events-adapters';
import type { DeadLetter, LogRecord } from '@serendip/events-domain';
import { events, type MessageInitShape } from '@serendip/shared-contracts';
import { acceptEvents, acceptForwarded } from '../accept-events.js';
import { newEventId } from '../event-ids.js';

type Result = MessageInitShape<typeof events.ReplayResultSchema>;

/** What is to be replayed. */
export interface ReplayCandidate {
  readonly id: string;
  /** Undefined when there is no such dead letter. */
  readonly letter: DeadLetter | undefined;
  /** What the gateway has read of it, where it is JSON. */
  readonly event?: events.Event | undefined;
}

/** What a replay would do: the records to append, the dead letters that these end, and a result for each candidate, in order. */
export interface ReplayPlan {
  readonly records: readonly LogRecord[];
  readonly bytes: number;
  readonly replayed: readonly string[];
  readonly results: readonly Result[];
}

const { ReplayStatus } = events;

/** Checks each original by the rules of now. */
export function planReplay(tenant: string, candidates: readonly ReplayCandidate[], nowMs: number): ReplayPlan {
  const each = candidates.map((candidate) => planOne(tenant, candidate, nowMs));
  const records = each.flatMap((one) => one.records);
  return {
    records,
    bytes: records.reduce((sum, { bytes }) => sum + bytes.length, 0),
    replayed: each.flatMap(({ result }) => (result.status === ReplayStatus.APPENDED ? [result.id!] : [])),
    results: each.map(({ result }) => result),
  };
}

interface One {
  readonly records: readonly LogRecord[];
  readonly result: Result;
}

function planOne(tenant: string, { id, letter, event: read }: ReplayCandidate, nowMs: number): One {
  if (letter === undefined) return { records: [], result: { id, status: ReplayStatus.UNKNOWN } };
  if (letter.isCut) return refused(letter, { reason: 'ORIGINAL_CUT', detail: 'The original was too long to be kept whole, so it can not be sent again from here.' });
  if (letter.source === 'gateway' && read === undefined) return { records: [], result: { id, status: ReplayStatus.UNREAD, original: letter.original } };
  const event = read ?? decodeEvent(letter.original);
  if (event === undefined) return refused(letter, letter);
  if (letter.source === 'log' && event.tenant !== tenant) return refused(letter, { reason: 'TENANT_OTHER', detail: 'The record belongs to another tenant.' });
  return accepted(tenant, letter, { event, nowMs });
}

/** The time it was first refused stands for that of an event that came without one. */
function accepted(tenant: string, letter: DeadLetter, { event, nowMs }: { readonly event: events.Event; readonly nowMs: number }): One {
  const whole = Object.assign(event, { eventId: event.eventId || letter.id, eventTimeMs: event.eventTimeMs || letter.firstAtMs });
  const isForwarded = letter.source === 'feature-store' || (letter.source === 'log' && whole.cause !== undefined);
  const { records, refused: [fault] } = isForwarded ? acceptForwarded([whole]) : acceptEvents([whole], { tenant, nowMs, newEventId });
  return fault === undefined ? { records, result: { id: letter.id, status: ReplayStatus.APPENDED } } : refused(letter, fault.fault);
}

const refused = ({ id }: DeadLetter, { reason, detail }: { readonly reason: string; readonly detail: string }): One => (
  { records: [], result: { id, status: ReplayStatus.REFUSED, reason, detail } });
