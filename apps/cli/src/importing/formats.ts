import type { Kind, Mapping } from './mapping.js';
import { mappingOf } from './mapping.js';
import { readCsv } from './read-csv.js';
import { readJsonLines } from './read-json-lines.js';
import type { Rows, SourceRecord, SourceRow } from './rows.js';

/** What a row is, with its values flat; or the name of what is left out. Undefined when it can't be told. */
export type Sorted = { readonly kind: Kind; readonly record: SourceRecord } | { readonly ignored: string } | undefined;

export interface Format {
  read(path: string): Rows;
  /** Needed for formats that say of themselves what they mean. */
  readonly mapping?: Mapping;
  sort(row: SourceRow, mapping: Mapping): Sorted;
}

const has = (record: SourceRecord, name: string): boolean => name in record;
const isObject = (value: unknown): value is SourceRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sections name their files; a mapping of one section takes all. */
function byMapping({ file, record }: SourceRow, mapping: Mapping): Sorted {
  const kinds = (['items', 'users', 'events'] as const).filter((kind) => mapping[kind] !== undefined);
  const kind = kinds.length === 1 ? kinds[0] : kinds.find((one) => mapping[one]!.files?.includes(file));
  return kind === undefined ? undefined : { kind, record };
}

/** Objects as `outer.inner`. */
function flat(record: SourceRecord, prefix = ''): SourceRecord {
  return Object.fromEntries(Object.entries(record).flatMap(([name, value]) => (isObject(value) ? Object.entries(flat(value, `${prefix}${name}.`)) : [[prefix + name, value]])));
}

const GORSE = mappingOf({
  users: { fields: { id: 'UserId' }, attributes: 'others', ignore: ['Subscribe', 'LastActiveTime', 'LastUpdateTime'] },
  items: { fields: { id: 'ItemId', title: 'Comment', categories: 'Categories', publishedAt: 'Timestamp', available: 'available', tags: 'tags' }, attributes: 'others' },
  events: { fields: { type: 'FeedbackType', userId: 'UserId', itemId: 'ItemId', eventTime: 'Timestamp', value: 'Value' }, attributes: 'others', ignore: ['Updated'] },
  types: { read: 'view', star: 'like' },
});

function sortGorse({ record }: SourceRow): Sorted {
  const { Labels: labels, IsHidden: hidden, ...own } = record;
  if (has(record, 'FeedbackType')) return { kind: 'events', record };
  if (has(record, 'ItemId')) return { kind: 'items', record: { ...labelled(labels), ...own, available: hidden !== true } };
  return has(record, 'UserId') ? { kind: 'users', record: { ...labelled(labels), ...own } } : undefined;
}

/** Labels by name, or a list of them. */
const labelled = (labels: unknown): SourceRecord => (isObject(labels) ? flat(labels) : Array.isArray(labels) ? { tags: labels } : {});

const METARANK = mappingOf({
  items: { fields: { id: 'item', title: 'title', description: 'description', categories: 'categories', tags: 'tags', price: 'price' }, attributes: 'others', ignore: ['event', 'id', 'timestamp', 'tenant'] },
  users: { fields: { id: 'user' }, attributes: 'others', ignore: ['event', 'id', 'timestamp', 'tenant'] },
  events: { fields: { type: 'type', userId: 'user', anonymousId: 'visitor', sessionId: 'session', itemId: 'item', eventTime: 'timestamp', eventId: 'id' }, attributes: 'others', ignore: ['event', 'ranking', 'tenant'] },
  times: 'milliseconds',
});

function sortMetarank({ record }: SourceRow): Sorted {
  const { fields, ...own } = record;
  const named = Array.isArray(fields) ? Object.fromEntries(fields.filter(isObject).map(({ name, value }) => [String(name), value])) : {};
  const values = { ...named, ...own };
  if (own['event'] === 'item') return { kind: 'items', record: values };
  if (own['event'] === 'user') return { kind: 'users', record: values };
  if (own['event'] === 'ranking') return { ignored: 'rankings' };
  // Who is known by a session only is a visitor.
  return own['event'] === 'interaction' ? { kind: 'events', record: own['user'] === undefined ? { ...values, visitor: own['session'] } : values } : undefined;
}

const PERSONALIZE = mappingOf({
  items: {
    fields: { id: 'ITEM_ID', title: 'TITLE', price: 'PRICE', publishedAt: 'CREATION_TIMESTAMP', description: 'PRODUCT_DESCRIPTION', categories: 'GENRES' },
    attributes: 'others', split: '|',
  },
  users: { fields: { id: 'USER_ID' }, attributes: 'others', split: '|' },
  events: { fields: { type: 'EVENT_TYPE', userId: 'USER_ID', itemId: 'ITEM_ID', eventTime: 'TIMESTAMP', value: 'EVENT_VALUE' }, attributes: 'others', ignore: ['IMPRESSION', 'RECOMMENDATION_ID'] },
  times: 'seconds',
});

function sortPersonalize({ record }: SourceRow): Sorted {
  const [user, item] = [has(record, 'USER_ID'), has(record, 'ITEM_ID')];
  if (user && item) return { kind: 'events', record };
  if (item) return { kind: 'items', record };
  return user ? { kind: 'users', record } : undefined;
}

export const FORMATS: Readonly<Record<string, Format>> = {
  csv: { read: readCsv, sort: byMapping },
  jsonl: { read: readJsonLines, sort: ({ record, ...origin }, mapping) => byMapping({ ...origin, record: flat(record) }, mapping) },
  gorse: { read: readJsonLines, mapping: GORSE, sort: sortGorse },
  metarank: { read: readJsonLines, mapping: METARANK, sort: sortMetarank },
  personalize: { read: readCsv, mapping: PERSONALIZE, sort: sortPersonalize },
};
