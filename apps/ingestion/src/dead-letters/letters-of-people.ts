import { decodeEvent } from '@serendip/events-adapters';
import type { DeadLetter } from '@serendip/events-domain';
import { events } from '@serendip/shared-contracts';

/** Fields of an event's JSON that name no person, whatever stands in them. */
const OTHERS = new Set(['eventId', 'type', 'itemId', 'items', 'value', 'currency', 'position', 'placement', 'eventTime', 'schemaVersion']);
const { userId: USER, anonymousId: VISITOR } = events.EventSchema.field;
const LENGTH_DELIMITED = 2;

/**
 * Whether a dead letter names one of these people: in its fields where it can be read, else wherever its bytes have an id as JSON or as an event
 * would write it. What may be one of them counts as one.
 */
export function namesOneOf({ userId, source, original, isCut }: Pick<DeadLetter, 'userId' | 'source' | 'original' | 'isCut'>, ids: ReadonlySet<string>): boolean {
  if (ids.has(userId)) return true;
  const bytes = Buffer.from(original.buffer, original.byteOffset, original.byteLength);
  if (source === 'gateway') {
    const json = isCut ? undefined : parsed(bytes);
    return json === undefined ? [...ids].some((id) => bytes.includes(JSON.stringify(id))) : hasOneOf(json, ids);
  }
  const event = isCut ? undefined : decodeEvent(original);
  return event === undefined ? [...ids].some((id) => hasField(bytes, id)) : peopleOf(event).some((id) => ids.has(id));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** A client that misspells a field may call it anything, so every value counts. */
function hasOneOf(json: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof json === 'string' || typeof json === 'number') return ids.has(String(json));
  if (typeof json !== 'object' || json === null) return false;
  return Object.entries(json).some(([field, value]) => !OTHERS.has(field) && hasOneOf(value, ids));
}

function peopleOf({ userId, anonymousId, payload }: events.Event): readonly string[] {
  const named = [userId, anonymousId];
  switch (payload.case) {
    case 'identify': return [...named, payload.value.userId];
    case 'merge': return [...named, payload.value.anonymousId];
    case 'erase': return [...named, ...payload.value.anonymousIds];
    case 'userChange': return [...named, payload.value.user?.id ?? ''];
    default: return named;
  }
}

/** Whether bytes have an id just as the field of an event: its tag, its length, the id. */
function hasField(bytes: Buffer, id: string): boolean {
  const text = Buffer.from(id);
  const length = text.length < 0x80 ? [text.length] : [(text.length & 0x7f) | 0x80, text.length >>> 7];
  return [USER, VISITOR].some(({ number }) => bytes.includes(Buffer.from([(number << 3) | LENGTH_DELIMITED, ...length, ...text])));
}
