/** Requests to an operation that it must refuse: in their path, query, key, method or body; a few that are valid by chance. */
import fc from 'fast-check';
import type { Operation, Parameter } from './api.ts';
import { JSON_TYPE, bearer, requestBytes, type Attempt, type Header, type Parts } from './attempts.ts';
import { jsonText } from './json-text.ts';
import { malformedBody } from './malformed-bodies.ts';
import { validValue } from './valid-values.ts';

export interface Keys {
  readonly publishable: string;
  readonly secret: string;
}

const PATH_VALUES: Readonly<Record<string, readonly string[]>> = { id: ['1', '2'], name: ['home', 'retriever'], version: ['1'], alias: ['champion'], n: ['1'] };
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'MKCOL', 'PURGE', 'SEARCH', 'LOCK'];

const pathValue = (name: string): fc.Arbitrary<string> => fc.constantFrom(...(PATH_VALUES[name] ?? ['1']));

function target(operation: Operation, value: (name: string) => fc.Arbitrary<string>): fc.Arbitrary<string> {
  const names = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
  return fc.tuple(...names.map(value)).map((values) => names.reduce((path, name, i) => path.replace(`{${name}}`, () => values[i]!), operation.path));
}

const validTarget = (operation: Operation): fc.Arbitrary<string> => target(operation, pathValue);

const bodyOf = (operation: Operation): fc.Arbitrary<Buffer | undefined> => (operation.body === undefined ? fc.constant(undefined) : validValue(operation.body).map((value) => Buffer.from(jsonText(value))));

/** What its kind, and whether it must be refused, are said of. */
type Made = Parts & { readonly kind: string; readonly malformed: boolean; readonly bodiless?: boolean };

const keyOf = (operation: Operation, keys: Keys): readonly Header[] => (operation.needs === 'nothing' ? [] : [bearer(operation.needs === 'secret' ? keys.secret : keys.publishable)]);

const wrongBody = (operation: Operation, keys: Keys): fc.Arbitrary<Made> => fc.tuple(validTarget(operation), malformedBody(operation)).map(([path, { kind, body, type, malformed }]) => ({
  method: operation.method, target: path, headers: [...keyOf(operation, keys), type], body, kind, malformed,
}));

const noPath = fc.oneof(
  fc.constantFrom('%', '%zz', '%ff', '%c0%80', '%ed%a0%80', 'a%', '%e2%82').map((text) => ({ kind: 'path: encoding', text, malformed: true })),
  fc.integer({ min: 257, max: 3000 }).map((length) => ({ kind: 'path: too long', text: 'x'.repeat(length), malformed: true })),
  fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('..', '.', '__proto__', 'constructor', '\0', 'a\0b', '\n', ' ', 'a/b', '//', '\u202e', '💥', ':merge', 'x:merge', 'home:preview', '-1', '0', '1e999', 'NaN', '99999999999999999999', "' OR 1=1 --", '${jndi:ldap://x}', '../../etc/passwd'))
    .map((text) => ({ kind: 'path: odd', text: encodeURIComponent(text.toWellFormed()), malformed: false })),
);

function wrongPath(operation: Operation, keys: Keys): fc.Arbitrary<Made> {
  return fc.tuple(noPath, bodyOf(operation)).chain(([{ kind, text, malformed }, body]) => target(operation, () => fc.constant(text)).map((path) => ({
    method: operation.method, target: path, headers: [...keyOf(operation, keys), JSON_TYPE], body, kind, malformed,
  })));
}

/** Values that a query parameter can't have, by its schema. */
function wrongValue({ schema }: Parameter): fc.Arbitrary<string> | undefined {
  if (schema.type === 'integer') return fc.constantFrom('abc', '1.5', String((schema.minimum ?? 0) - 1), String((schema.maximum ?? 1e9) + 1), '1e400', 'NaN', 'Infinity', '0x', '١', '10;20', '[]', '-0.5', 'null', 'true');
  if (schema.type === 'number') return fc.constantFrom('abc', '1e400', 'NaN', String((schema.maximum ?? 1e308) + 1), '-1', '--1');
  if (schema.enum !== undefined || schema.anyOf?.some((option) => option.type === 'boolean')) return fc.constantFrom('maybe', '7', '{}', 'TRUE!', '\0', '__proto__');
  if (schema.maxLength !== undefined) return fc.integer({ min: schema.maxLength + 1, max: Math.min(schema.maxLength * 2, 9000) }).map((length) => 'x'.repeat(length));
  return undefined;
}

function wrongQuery(operation: Operation, keys: Keys): fc.Arbitrary<Made> | undefined {
  const wrong = operation.parameters.filter((parameter) => parameter.in === 'query').flatMap((parameter) => {
    const value = wrongValue(parameter);
    return value === undefined ? [] : [value.map((text) => ({ kind: 'query: one value', query: `${parameter.name}=${encodeURIComponent(text)}`, malformed: true }))];
  });
  if (wrong.length === 0) return undefined;
  const odd = fc.constantFrom('limit=1&limit=2', 'limit[]=1', 'limit[a]=1', '__proto__=1', '__proto__[a]=1', 'a=%', 'limit=%ff', '&&&', '=', '?', 'limit=5#x', 'x'.repeat(7000), 'items=' + ','.repeat(5000), 'a=1&'.repeat(1500), 'fields=%00', 'fields=__proto__,constructor', 'userId=a&userId=b', 'userId=%ed%a0%80')
    .map((query) => ({ kind: 'query: odd', query, malformed: false }));
  return fc.tuple(validTarget(operation), fc.oneof({ weight: 4, arbitrary: fc.oneof(...wrong) }, { weight: 1, arbitrary: odd })).map(([path, { kind, query, malformed }]) => ({
    method: operation.method, target: `${path}?${query}`, headers: keyOf(operation, keys), kind, malformed,
  }));
}

/** Keys that open nothing, and one that opens too little. */
function wrongKey(operation: Operation, keys: Keys): fc.Arbitrary<Made> | undefined {
  if (operation.needs === 'nothing') return undefined;
  const key = operation.needs === 'secret' ? keys.secret : keys.publishable;
  const flipped = fc.nat(key.length - 1).map((at) => key.slice(0, at) + (key[at] === 'A' ? 'B' : 'A') + key.slice(at + 1));
  const wrong: fc.Arbitrary<readonly Header[]> = fc.oneof(
    fc.constantFrom<readonly Header[]>([], [['authorization', '']], [['authorization', 'Bearer']], [['authorization', 'Bearer ']], [['authorization', key]], [['authorization', `Basic ${btoa(`${key}:`)}`]], [['x-api-key', '']], [['authorization', `Bearer ${key} ${key}`]], [['authorization', 'Bearer null'], bearer(key)], [['x-api-key', 'x'], ['x-api-key', key]]),
    fc.oneof(flipped, fc.nat(key.length - 1).map((end) => key.slice(0, end)), fc.constantFrom(`${key}x`, key.toUpperCase(), 'pk_', 'sk_', 'x'.repeat(12_000), '\xff\xfe', '__proto__', ...(operation.needs === 'secret' ? [keys.publishable] : []))).map((text) => [bearer(text)]),
  );
  return fc.tuple(validTarget(operation), wrong, bodyOf(operation)).map(([path, headers, body]) => ({
    method: operation.method, target: path, headers: [...headers, JSON_TYPE], body, kind: 'key', malformed: true,
  }));
}

/** Methods that the document has not for the path. A page on another origin may ask what it may (OPTIONS), and HEAD is GET without a body. */
function wrongMethod(operation: Operation, keys: Keys, documented: ReadonlySet<string>): fc.Arbitrary<Made> {
  const isRoute = (method: string): boolean => documented.has(`${method === 'HEAD' ? 'GET' : method} ${operation.path}`);
  return fc.tuple(validTarget(operation), fc.constantFrom(...METHODS.filter((method) => !isRoute(method))), bodyOf(operation)).map(([path, method, body]) => ({
    method, target: path, headers: [...keyOf(operation, keys), JSON_TYPE], ...(body === undefined || method === 'TRACE' ? {} : { body }), kind: 'method', malformed: true, ...(method === 'HEAD' ? { bodiless: true } : {}),
  }));
}

/** Malformed requests of every kind that there is for an operation. */
export function malformedRequest(operation: Operation, keys: Keys, documented: ReadonlySet<string>): fc.Arbitrary<Attempt> {
  const kinds: readonly (readonly [number, fc.Arbitrary<Made> | undefined])[] = [
    [operation.body === undefined ? 0 : 12, operation.body === undefined ? undefined : wrongBody(operation, keys)],
    [3, operation.path.includes('{') ? wrongPath(operation, keys) : undefined], [4, wrongQuery(operation, keys)], [3, wrongKey(operation, keys)], [2, wrongMethod(operation, keys, documented)],
  ];
  return fc.oneof(...kinds.flatMap(([weight, arbitrary]) => (arbitrary === undefined ? [] : [{ weight, arbitrary }])))
    .map(({ kind, malformed, bodiless = false, ...parts }) => ({ kind, malformed, bodiless, operation: operation.name, bytes: requestBytes(parts), owed: 1 }));
}
