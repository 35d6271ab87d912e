import { Documents } from '../documents.js';
import type { Cause, StateEvent } from '../state-event.js';

/** A change of an item or a profile as a plain object. */
export interface JsonChange {
  readonly id: string;
  readonly kind: 'put' | 'patch' | 'delete';
  readonly fields?: Readonly<Record<string, unknown>>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const encode = (fields: unknown): Uint8Array => encoder.encode(JSON.stringify(fields));
const decode = (document: Uint8Array | undefined): object => (document === undefined || document.length === 0 ? {} : (JSON.parse(decoder.decode(document)) as object));

/** Documents that are JSON objects, where no messages may be. */
export class JsonDocuments extends Documents {
  itemIdOf(change: unknown): string | undefined {
    return (change as JsonChange).id || undefined;
  }

  changeItem(current: Uint8Array | undefined, change: unknown): { readonly id: string; readonly document: Uint8Array; readonly deleted: boolean } {
    const { id, kind, fields = {} } = change as JsonChange;
    if (kind === 'delete') return { id, document: encode({}), deleted: true };
    return { id, document: encode(kind === 'put' ? fields : { ...decode(current), ...fields }), deleted: false };
  }

  changeProfile(current: Uint8Array, change: unknown): Uint8Array {
    const { kind, fields = {} } = change as JsonChange;
    if (kind === 'delete') return new Uint8Array(0);
    return encode(kind === 'put' ? fields : { ...decode(current), ...fields });
  }

  forwarded(event: StateEvent, { userId, cause }: { readonly userId: string; readonly cause: Cause }): Uint8Array {
    return encode({ ...event, userId, anonymousId: '', importPosition: undefined, cause });
  }

  merge({ tenant, anonymousId, eventTimeMs, receivedAtMs }: StateEvent, { userId, cause, state }: { readonly userId: string; readonly cause: Cause; readonly state: Uint8Array }): Uint8Array {
    const payload = { case: 'merge', value: { anonymousId, state: Array.from(state) } };
    return encode({ eventId: '', tenant, type: '$merge', userId, anonymousId: '', sessionId: '', items: [], eventTimeMs, receivedAtMs, cause, payload });
  }
}

/** The event that `forwarded` or `merge` wrote. */
export function sentEvent(bytes: Uint8Array): StateEvent {
  const event = decode(bytes) as StateEvent;
  if (event.payload.case !== 'merge') return event;
  const { anonymousId, state } = event.payload.value as { readonly anonymousId: string; readonly state: readonly number[] };
  return { ...event, payload: { case: 'merge', value: { anonymousId, state: Uint8Array.from(state) } } };
}
