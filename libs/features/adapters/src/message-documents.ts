import type { Cause, Documents, StateEvent } from '@serendip/features-domain';
import { create, events, fromBinary, toBinary } from '@serendip/shared-contracts';

const { ChangeKind, EventSchema, ItemSchema, UserProfileSchema } = events;
const ATTRIBUTE = 'attributes.';

/** Items and profiles as the messages of the log. A change that names no item or kind is none. */
export class MessageDocuments implements Documents {
  itemIdOf(change: unknown): string | undefined {
    const { item } = change as events.ItemChange;
    return item === undefined || item.id === '' ? undefined : item.id;
  }

  changeItem(current: Uint8Array | undefined, change: unknown): { readonly id: string; readonly document: Uint8Array; readonly deleted: boolean } | undefined {
    const { kind, item, fields } = change as events.ItemChange;
    if (item === undefined || kind === ChangeKind.UNSPECIFIED) return undefined;
    const { id } = item;
    if (kind === ChangeKind.DELETE) return { id, document: toBinary(ItemSchema, create(ItemSchema, { id })), deleted: true };
    if (kind === ChangeKind.PUT) return { id, document: toBinary(ItemSchema, item), deleted: false };
    const known = current === undefined ? create(ItemSchema, { id }) : fromBinary(ItemSchema, current);
    return { id, document: toBinary(ItemSchema, patchItem(known, item, fields)), deleted: false };
  }

  changeProfile(current: Uint8Array, change: unknown): Uint8Array {
    const { kind, user, fields } = change as events.UserChange;
    if (user === undefined || kind === ChangeKind.UNSPECIFIED) return current;
    if (kind === ChangeKind.DELETE) return new Uint8Array(0);
    if (kind === ChangeKind.PUT) return toBinary(UserProfileSchema, user);
    const known = current.length === 0 ? create(UserProfileSchema, { id: user.id }) : fromBinary(UserProfileSchema, current);
    for (const name of fields) replaceAttribute(known.attributes, user.attributes, name);
    return toBinary(UserProfileSchema, known);
  }

  forwarded(event: StateEvent, { userId, cause }: { readonly userId: string; readonly cause: Cause }): Uint8Array {
    const { $typeName: _, $unknown: __, ...fields } = event as events.Event;
    return toBinary(EventSchema, create(EventSchema, { ...fields, userId, anonymousId: '', importPosition: undefined, cause }));
  }

  merge(event: StateEvent, { userId, cause, state }: { readonly userId: string; readonly cause: Cause; readonly state: Uint8Array }): Uint8Array {
    const { tenant, anonymousId, eventTimeMs, receivedAtMs, schemaVersion } = event as events.Event;
    return toBinary(EventSchema, create(EventSchema, {
      eventId: `merge-${cause.partition}-${cause.position}`, tenant, type: '$merge', userId, eventTimeMs, receivedAtMs, schemaVersion, cause,
      payload: { case: 'merge', value: { anonymousId, state } },
    }));
  }
}

type Attributes = Record<string, events.AttributeValue>;

function replaceAttribute(target: Attributes, source: Attributes, name: string): void {
  if (source[name] === undefined) delete target[name];
  else target[name] = source[name];
}

/** Replaces the named fields; a name that is no field changes nothing. */
function patchItem(known: events.Item, patch: events.Item, fields: readonly string[]): events.Item {
  for (const field of fields) {
    if (field.startsWith(ATTRIBUTE)) replaceAttribute(known.attributes, patch.attributes, field.slice(ATTRIBUTE.length));
    else if (field !== 'id' && field in ItemSchema.field) Object.assign(known, { [field]: patch[field as keyof events.Item] });
  }
  return known;
}
