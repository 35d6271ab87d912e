/** Values that are as a schema of the OpenAPI document says: what is made wrong afterwards, in one place. */
import fc from 'fast-check';
import type { Schema } from './api.ts';

/** Values that mean something to the stack, by the name of a field. */
const MEANINGFUL: Readonly<Record<string, readonly unknown[]>> = {
  id: ['1', '2', '399'], itemId: ['1', '2', '399'], itemIds: ['1', '2'], exclude: ['5'], users: ['1', '7'], userId: ['1', '250'], anonymousId: ['visitor'], type: ['view', 'click', 'purchase'],
  currency: ['EUR'], placement: ['home', 'item', 'trending'], retriever: ['', 'retriever@champion'], ranker: ['', 'ranker@champion'], head: ['engage'], fallback: ['popular'], hideAfter: ['purchase'],
  when: ["context.device == 'tv'"], filter: ["'Comedy' in item.categories"], expression: ["'Drama' in item.categories"], boost: ['1.5'], group: ['categories'], fields: ['title', 'price'],
};

/** Fields that are left out of valid values: what they take is made elsewhere. */
const LEFT_OUT = new Set(['cursor', 'modelOverride', 'attributionToken', 'eventTime', 'maxSeconds']);

export function validValue(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((option) => validValue(option, name)));
  switch (schema.type) {
    case 'boolean': return fc.boolean();
    case 'integer': return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 100, (schema.minimum ?? 0) + 100) });
    case 'number': return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000, noNaN: true, noDefaultInfinity: true });
    case 'string': return textOf(schema, name);
    case 'array': return fc.array(validValue(schema.items ?? {}, name), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, Math.max(schema.minItems ?? 0, 3)) });
    case 'object': return objectOf(schema);
    default: return fc.constantFrom('a', 1, true);
  }
}

function textOf({ minLength = 0, maxLength = 64, format }: Schema, name: string): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  const meaningful = MEANINGFUL[name]?.filter((value): value is string => typeof value === 'string' && value.length >= minLength && value.length <= maxLength);
  return meaningful?.length ? fc.constantFrom(...meaningful) : fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 12) });
}

function objectOf({ properties, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
  if (properties === undefined) return fc.dictionary(fc.constantFrom('plan', 'age', 'hour', 'likes'), validValue(typeof additionalProperties === 'object' ? additionalProperties : {}), { maxKeys: 3 });
  const wanted = Object.entries(properties).filter(([name]) => !LEFT_OUT.has(name));
  return fc.record(Object.fromEntries(wanted.map(([name, schema]) => [name, validValue(schema, name)])), { requiredKeys: [...required] });
}
