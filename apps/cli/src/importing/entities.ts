import { z } from 'zod';
import type { Kind, Mapping, Section } from './mapping.js';
import type { SourceRecord } from './rows.js';
import { attributeOf, flagOf, isMissing, isNoTime, listOf, numberOf, timeOf, typeNameOf } from './values.js';

export type Entity = Readonly<Record<string, unknown>>;

/** What a row becomes; what is wrong with it; or the type of event that is left out. */
export type Built = { readonly kind: Kind; readonly entity: Entity } | { readonly reason: string; readonly detail: string } | { readonly ignored: string };

const needed = (issue: { readonly input?: unknown }): string | undefined => (issue.input === undefined ? 'it is missing' : undefined);
const id = z.string({ error: needed }).min(1).max(256);
const attributes = z.record(z.string().min(1).max(64), z.unknown()).refine((values) => Object.keys(values).length <= 64, 'there are more than 64');
const schemas = {
  items: z.object({ id, title: z.string().max(512).optional(), categories: z.array(z.string().max(256)).max(32).optional(), tags: z.array(z.string().max(128)).max(64).optional(), price: z.number().min(0).optional(), attributes: attributes.optional() }),
  users: z.object({ id, attributes }),
  events: z.object({ type: z.string({ error: needed }).regex(/^[a-z0-9_.-]{1,64}$/, 'it must be of a-z, 0-9, _ . -'), userId: id.optional(), anonymousId: id.optional(), itemId: id, eventTime: z.number().min(0), properties: attributes.optional() }),
};

/** How a field is read; text unless it says otherwise. */
const kinds: Readonly<Record<string, 'time' | 'number' | 'flag' | 'list'>> = {
  categories: 'list', tags: 'list', price: 'number', value: 'number', available: 'flag', publishedAt: 'time', expiresAt: 'time', eventTime: 'time',
};
const mustBe = { time: 'no time', number: 'no number', flag: 'neither true nor false' } as const;

class Fault extends Error {
  constructor(readonly reason: string, detail: string) {
    super(detail);
  }
}

/** Makes an item, a user or an event of a record, as the API takes it, and checks what can be checked without the gateway. */
export function build(kind: Kind, record: SourceRecord, mapping: Mapping): Built {
  const section = mapping[kind];
  if (section === undefined) return { reason: 'SECTION_MISSING', detail: `The mapping has no section '${kind}'.` };
  try {
    const fields = fieldsOf(section, record, mapping);
    const own = attributesOf(section, record);
    if (kind !== 'events') return checked(kind, { ...fields, ...(kind === 'users' || Object.keys(own).length > 0 ? { attributes: own } : {}) });
    const name = String(fields['type'] ?? '');
    const type = name in mapping.types ? mapping.types[name] : typeNameOf(name);
    if (type === null) return { ignored: name };
    if (fields['userId'] !== undefined) delete fields['anonymousId'];
    else if (fields['anonymousId'] === undefined) throw new Fault('WHO_MISSING', 'It has neither a user nor a visitor.');
    if (fields['eventTime'] === undefined) throw new Fault('TIME_MISSING', 'It has no time: give eventTime a column, or a constant.');
    return checked('events', { ...fields, type, ...(Object.keys(own).length > 0 ? { properties: own } : {}) });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { reason: error.reason, detail: error.message };
  }
}

function fieldsOf(section: Section, record: SourceRecord, { times }: Mapping): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [target, source] of Object.entries(section.fields as Record<string, string | { const: unknown }>)) {
    const raw = typeof source === 'string' ? record[source] : source.const;
    if (isMissing(raw)) continue;
    const value = read(target, typeof source === 'string' ? split(section, source, raw) : raw, times);
    if (value !== undefined) fields[target] = value;
    else if (!isNoTime(raw)) throw new Fault('VALUE_INVALID', `${target}: '${String(raw).slice(0, 60)}' is ${mustBe[kinds[target] as keyof typeof mustBe]}.`);
  }
  return fields;
}

function read(target: string, value: unknown, times: Mapping['times']): unknown {
  switch (kinds[target]) {
    case 'time': return timeOf(value, times);
    case 'number': return numberOf(value);
    case 'flag': return flagOf(value);
    case 'list': return listOf(value);
    default: return Array.isArray(value) ? value.join(', ') : String(value);
  }
}

function attributesOf(section: Section, record: SourceRecord): Record<string, unknown> {
  const { attributes: wanted = 'none', ignore, text } = section;
  const taken = new Set([...Object.values(section.fields as Record<string, unknown>).filter((source) => typeof source === 'string'), ...ignore] as string[]);
  const names = wanted === 'none' ? [] : wanted === 'others' ? Object.keys(record).filter((name) => !taken.has(name)) : wanted;
  return Object.fromEntries(names.flatMap((name) => {
    const value = isMissing(record[name]) ? undefined : attributeOf(split(section, name, record[name]), text.includes(name));
    return value === undefined ? [] : [[name, value]];
  }));
}

function split({ split: rule }: Section, column: string, value: unknown): unknown {
  const separator = typeof rule === 'string' ? rule : rule?.[column];
  if (separator === undefined || typeof value !== 'string' || (typeof rule === 'string' && !value.includes(separator))) return value;
  return value.split(separator).map((part) => part.trim()).filter((part) => part !== '');
}

function checked(kind: Kind, entity: Entity): Built {
  const { error } = schemas[kind].safeParse(entity);
  if (error === undefined) return { kind, entity };
  return { reason: 'ROW_INVALID', detail: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
}
