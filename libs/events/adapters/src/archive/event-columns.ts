import type { Column } from '@serendip/platform-parquet';
import { events } from '@serendip/shared-contracts';
import { float32sOf } from '@serendip/shared-layouts';
import { attributesJson } from './attributes-json.js';
import { servedColumns, whole } from './served-columns.js';

/** An event and where it stands in the log. */
export interface PlacedEvent {
  readonly event: events.Event;
  readonly partition: number;
  readonly position: number;
}

type Of = (event: events.Event) => unknown;

const kinds: Readonly<Record<number, string>> = { [events.ChangeKind.PUT]: 'put', [events.ChangeKind.PATCH]: 'patch', [events.ChangeKind.DELETE]: 'delete' };

const column = (name: string, type: Column<PlacedEvent>['type'], of: Of): Column<PlacedEvent> => ({ name, type, of: ({ event }) => of(event) });
const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
const text = (name: string, of: (event: events.Event) => string | undefined): Column<PlacedEvent> => column(name, 'text', (event) => given(of(event)));

const change = ({ payload }: events.Event) => (payload.case === 'itemChange' ? payload.value : undefined);
const item = (event: events.Event) => change(event)?.item;
const profile = ({ payload }: events.Event) => (payload.case === 'userChange' ? payload.value : undefined);
const merge = ({ payload }: events.Event) => (payload.case === 'merge' ? payload.value : undefined);
const floats = (bytes: Uint8Array | undefined): Float32Array | undefined => (bytes === undefined || bytes.length === 0 ? undefined : float32sOf(whole(bytes)));

const milliseconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.floor(ms));

/**
 * An event as columns, NULL for what it has not. Tenant and day are in the file's place. Lists of what belongs together are lists of
 * structs; attributes, whose names are the tenant's, are JSON objects.
 */
export const EVENT_COLUMNS: readonly Column<PlacedEvent>[] = [
  text('event_id', ({ eventId }) => eventId),
  text('type', ({ type }) => type),
  text('user_id', ({ userId }) => userId),
  text('anonymous_id', ({ anonymousId }) => anonymousId),
  text('session_id', ({ sessionId }) => sessionId),
  column('event_time', 'time', ({ eventTimeMs }) => milliseconds(eventTimeMs)),
  column('received_at', 'time', ({ receivedAtMs }) => milliseconds(receivedAtMs)),
  column('items', { structs: { item_id: 'text', quantity: 'int', price: 'double' } }, ({ items }) => (items.length === 0 ? undefined : items.map(({ itemId, quantity, price }) => ({ item_id: itemId, quantity: quantity === 0 ? 1 : quantity, price })))),
  column('value', 'double', ({ value }) => value),
  text('currency', ({ currency }) => currency),
  column('position', 'int', ({ position }) => position),
  text('placement', ({ placement }) => placement),
  text('attribution_token', ({ attributionToken }) => attributionToken),
  text('context_device', ({ context }) => context?.device),
  text('context_locale', ({ context }) => context?.locale),
  text('context_country', ({ context }) => context?.country),
  column('context_attributes', 'json', ({ context }) => attributesJson(context?.attributes)),
  column('properties', 'json', ({ properties }) => attributesJson(properties)),
  ...servedColumns(({ payload }) => (payload.case === 'served' ? payload.value : undefined)).map(({ name, type, of }) => column(name, type, of)),
  text('change_kind', (event) => kinds[(change(event) ?? profile(event))?.kind ?? 0]),
  column('change_fields', { list: 'text' }, (event) => (change(event) ?? profile(event))?.fields),
  text('item_id', (event) => item(event)?.id),
  text('item_title', (event) => item(event)?.title),
  text('item_description', (event) => item(event)?.description),
  column('item_categories', { list: 'text' }, (event) => item(event)?.categories),
  column('item_tags', { list: 'text' }, (event) => item(event)?.tags),
  column('item_attributes', 'json', (event) => attributesJson(item(event)?.attributes)),
  column('item_price', 'double', (event) => item(event)?.price),
  column('item_available', 'flag', (event) => item(event)?.available),
  column('item_published_at', 'time', (event) => milliseconds(item(event)?.publishedAtMs)),
  column('item_expires_at', 'time', (event) => milliseconds(item(event)?.expiresAtMs)),
  column('item_vector', { list: 'float' }, (event) => floats(item(event)?.vector)),
  text('profile_id', (event) => profile(event)?.user?.id),
  column('profile_attributes', 'json', (event) => attributesJson(profile(event)?.user?.attributes)),
  text('identified_user_id', ({ payload }) => (payload.case === 'identify' ? payload.value.userId : undefined)),
  text('merged_anonymous_id', (event) => merge(event)?.anonymousId),
  column('merged_state', 'bytes', (event) => merge(event)?.state),
  column('erased_anonymous_ids', { list: 'text' }, ({ payload }) => (payload.case === 'erase' ? payload.value.anonymousIds : undefined)),
  text('import_id', ({ importPosition }) => importPosition?.importId),
  column('import_batch', 'int', ({ importPosition }) => importPosition?.batch),
  column('import_index', 'int', ({ importPosition }) => importPosition?.index),
  column('cause_partition', 'int', ({ cause }) => cause?.partition),
  column('cause_position', 'long', ({ cause }) => cause?.position),
  column('schema_version', 'int', ({ schemaVersion }) => schemaVersion),
  { name: 'log_partition', type: 'int', of: ({ partition }) => partition },
  { name: 'log_position', type: 'long', of: ({ position }) => position },
];
