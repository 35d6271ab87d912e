import type { LogPlace } from '@serendip/serving-domain';
import { events } from '@serendip/shared-contracts';
import { float64sOf, int32sOf } from '@serendip/shared-layouts';
import type { Rejection } from '../http/problem.js';
import { eventSchema, type EventInput } from './event-schema.js';
import { eventMessage, type EventMessage } from './event.mapper.js';

/** An entry of a batch that is no event, as it was sent. */
export interface RefusedEntry {
  readonly raw: unknown;
  readonly reason: string;
  readonly detail: string;
}

/** A batch as it was sent: which events have the right shape, and why the others do not. */
export interface EventBatch {
  readonly raw: readonly unknown[];
  readonly messages: readonly EventMessage[];
  /** Place in the batch of each message. */
  readonly indices: readonly number[];
  readonly rejected: readonly Rejection[];
}

const MOST_EVENT_BYTES = 32 * 1024;

function parse(raw: unknown): { readonly event: EventInput } | { readonly reason: string; readonly detail: string } {
  const result = eventSchema.safeParse(raw);
  if (!result.success) {
    const [issue] = result.error.issues;
    return { reason: 'EVENT_INVALID', detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not an event'}` };
  }
  const { properties, context, items = [] } = result.data;
  // Only these can make it large; most events have none and are not measured.
  const mayBeLarge = properties !== undefined || context !== undefined || items.length > 20;
  if (mayBeLarge && Buffer.byteLength(JSON.stringify(raw)) > MOST_EVENT_BYTES) return { reason: 'EVENT_TOO_LARGE', detail: 'An event may have 32 KiB.' };
  return { event: result.data };
}

/** Checks the shape of each event by itself. */
export function readBatch(raw: readonly unknown[], tenant: string): EventBatch {
  const messages: EventMessage[] = [];
  const indices: number[] = [];
  const rejected: Rejection[] = [];
  raw.forEach((entry, index) => {
    const result = parse(entry);
    if ('event' in result) {
      messages.push(eventMessage(result.event, tenant));
      indices.push(index);
    } else {
      rejected.push({ index, ...result });
    }
  });
  return { raw, messages, indices, rejected };
}

/** The entries whose shape is wrong. */
export const refusedEntries = ({ raw, rejected }: EventBatch): readonly RefusedEntry[] => rejected.map(({ index, reason, detail }) => ({ raw: raw[index], reason, detail }));

/** Where each event of a batch stands in the log, null for a rejected one, in the order in which they were sent. */
export function placesOf({ messages, indices, rejected }: EventBatch, written: Pick<events.WriteEventsResponse, 'results' | 'partitions' | 'positions'>): (LogPlace | null)[] {
  const [partitions, positions] = [int32sOf(written.partitions), float64sOf(written.positions)];
  const places = new Array<LogPlace | null>(messages.length + rejected.length).fill(null);
  let at = 0;
  written.results.forEach(({ status }, i) => {
    if (status !== events.EventStatus.ACCEPTED) return;
    places[indices[i]!] = { partition: partitions[at]!, position: positions[at]! };
    at++;
  });
  return places;
}

/** All rejections of a batch by their place in it, those of the shape and those of ingestion's. */
export function allRejections({ indices, rejected }: EventBatch, results: readonly events.EventResult[]): readonly Rejection[] {
  const late = results.flatMap(({ status, reason, detail }, i) =>
    (status === events.EventStatus.REJECTED ? [{ index: indices[i]!, reason, detail }] : []));
  return [...rejected, ...late].sort((a, b) => a.index - b.index);
}
