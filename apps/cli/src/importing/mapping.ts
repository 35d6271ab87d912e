import { readFileSync } from 'node:fs';
import { DomainError } from '@serendip/shared-errors';
import { parse } from 'yaml';
import { z } from 'zod';

/** A column, or a value that all rows have. */
const source = z.union([z.string().min(1), z.strictObject({ const: z.union([z.string(), z.number(), z.boolean()]) })]);

const sectionOf = (targets: readonly [string, ...string[]]) => z.strictObject({
  files: z.array(z.string()).optional(),
  fields: z.partialRecord(z.enum(targets), source).default({}),
  attributes: z.union([z.literal('others'), z.literal('none'), z.array(z.string())]).optional(),
  ignore: z.array(z.string()).default([]),
  text: z.array(z.string()).default([]),
  split: z.union([z.string().min(1), z.record(z.string(), z.string().min(1))]).optional(),
});

const items = sectionOf(['id', 'title', 'description', 'categories', 'tags', 'price', 'available', 'publishedAt', 'expiresAt']);
const users = sectionOf(['id']);
const events = sectionOf(['type', 'userId', 'anonymousId', 'sessionId', 'itemId', 'value', 'currency', 'eventTime', 'eventId']);

const mappingSchema = z.strictObject({
  items: items.optional(), users: users.optional(), events: events.optional(),
  types: z.record(z.string(), z.string().nullable()).default({}),
  times: z.enum(['seconds', 'milliseconds']).optional(),
});

export type Section = z.infer<typeof items> | z.infer<typeof users> | z.infer<typeof events>;
export type Kind = 'items' | 'users' | 'events';
export type Mapping = z.infer<typeof mappingSchema>;

export const mappingOf = (value: unknown): Mapping => mappingSchema.parse(value);

/** Reads a mapping file. NOT_FOUND/DATA_MISSING when it is not there, INVALID_ARGUMENT/MAPPING_INVALID with every fault when it is none. */
export function readMapping(path: string): Mapping {
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new DomainError('NOT_FOUND', 'DATA_MISSING', `There is no mapping ${path}.`);
    throw new DomainError('INVALID_ARGUMENT', 'MAPPING_INVALID', `${path} is no YAML: ${(error as Error).message}`);
  }
  const { data, error } = mappingSchema.safeParse(value);
  if (data !== undefined) return data;
  throw new DomainError('INVALID_ARGUMENT', 'MAPPING_INVALID', `${path}: ${error!.issues.map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`).join('; ')}`);
}

/** What a person's mapping says, over what the format says of itself: a section's fields one by one, everything else as a whole. */
export function over(base: Mapping, own: Mapping): Mapping {
  const merged = (kind: Kind): Section | undefined => {
    const [known, said] = [base[kind], own[kind]];
    if (known === undefined || said === undefined) return said ?? known;
    const fields = { ...known.fields, ...said.fields };
    return { ...known, ...said, fields, ignore: [...known.ignore, ...said.ignore], text: [...known.text, ...said.text], attributes: said.attributes ?? known.attributes, split: said.split ?? known.split };
  };
  return { ...base, ...own, items: merged('items'), users: merged('users'), events: merged('events'), types: { ...base.types, ...own.types }, times: own.times ?? base.times } as Mapping;
}
