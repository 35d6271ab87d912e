/** Bodies that an operation must refuse, and what they are sent as. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Operation } from './api.ts';
import { JSON_TYPE, type Header } from './attempts.ts';
import { DOUBLED, OMITTED, Pairs, Raw, changed, jsonText } from './json-text.ts';
import { validValue } from './valid-values.ts';

export interface MadeBody {
  readonly kind: string;
  readonly body: Buffer;
  readonly type: Header;
  readonly malformed: boolean;
}

const KIB = 1024;
const nested = (depth: number, [open, close]: readonly [string, string]): Raw => new Raw(`${open.repeat(depth)}1${close.repeat(depth)}`);

/** What belongs nowhere, or is at an edge of what does. */
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 32, -(2 ** 31) - 1, 1e-320, true, [], {}, [[]], [null], '\0', 'a\0b', '9999-99-99T00:00:00Z', '0000-01-01T00:00:00Z'),
  fc.constantFrom('NaN', 'Infinity', '-Infinity', '1e999', '-1e999', '1e-999', '-0', '01', '0x10', '+1', '.5', '1.', '1_000', '9'.repeat(400), 'undefined', "'a'", '"\\ud800"', '"\\udc00\\ud800"', '"\\x41"', '"a\tb"', '"\u0000"', '//', '1n').map((text) => new Raw(text)),
  fc.constantFrom(300, 5000, 100 * KIB).map((length) => 'x'.repeat(length)),
  fc.constantFrom(10, 300, 20_000).map((length) => Array.from({ length }, (_, i) => i)),
  fc.constantFrom<unknown>(new Pairs([['__proto__', { admin: true }]]), new Pairs([['constructor', { prototype: { admin: true } }]]), { toString: 1 }, { length: 1e9 }, { then: 1 }, { toJSON: 1 }, { $type: 'x' }),
  fc.tuple(fc.constantFrom(30, 1000, 100_000), fc.constantFrom(['[', ']'] as const, ['{"a":', '}'] as const)).map(([depth, brackets]) => nested(depth, brackets)),
  fc.constantFrom(OMITTED, OMITTED, DOUBLED), fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary', maxLength: 20 }), fc.double(),
);

/** A valid body that is changed in one place; malformed as far as the document says so. */
function changedBody(operation: Operation): fc.Arbitrary<MadeBody> {
  return fc.tuple(validValue(operation.body!), fc.array(fc.nat(60), { maxLength: 6 }), oddValue).map(([value, where, by]) => {
    const text = jsonText(changed(value, where, by));
    return { kind: 'body: one value', body: Buffer.from(text), type: JSON_TYPE, malformed: !isAccepted(operation, text) };
  });
}

function isAccepted(operation: Operation, text: string): boolean {
  try {
    return operation.accepts(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Bytes that are no JSON at all. */
const noJson: fc.Arbitrary<(text: string) => Buffer> = fc.oneof(
  fc.double({ min: 0, max: 0.99, noNaN: true }).map((share) => (text: string) => Buffer.from(text.slice(0, Math.floor(text.length * share)))),
  fc.constantFrom(',', '}', ']', 'x', '\0', '{}', ' null', '//', '"').map((tail) => (text: string) => Buffer.from(text + tail)),
  fc.constantFrom('ff', 'c080', 'eda080', 'f8888080', 'e282', 'f09f').map((bytes) => (text: string) => withBytes(text, Buffer.from(bytes, 'hex'))),
  fc.constant((text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')),
  fc.constant((text: string) => gzipSync(text)),
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => () => Buffer.from(bytes)).filter((make) => !isJson(make())),
);

/** The text with bytes inside of its first string, which is a name where no value is one. */
function withBytes(text: string, bytes: Buffer): Buffer {
  const at = (text.search(/:"/) + 1 || text.indexOf('"')) + 1;
  return Buffer.concat([Buffer.from(text.slice(0, at)), bytes, Buffer.from(text.slice(at))]);
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

function brokenBody(operation: Operation): fc.Arbitrary<MadeBody> {
  return fc.tuple(validValue(operation.body!), noJson).map(([value, broken]) => ({ kind: 'body: no JSON', body: broken(jsonText(value)), type: JSON_TYPE, malformed: true }));
}

const WRONG_TYPES = ['application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', 'nonsense', 'application/json+x', 'application/', '/', 'application/json, text/plain', 'image/png'];

function wrongType(operation: Operation): fc.Arbitrary<MadeBody> {
  return fc.tuple(validValue(operation.body!), fc.constantFrom(...WRONG_TYPES)).map(([value, type]) => ({
    kind: 'content type', body: Buffer.from(jsonText(value)), type: ['content-type', type], malformed: true,
  }));
}

/** More than any route takes. */
const tooLarge: fc.Arbitrary<MadeBody> = fc.constantFrom(1024 * KIB + 1, 1500 * KIB, 3000 * KIB).map((size) => ({
  kind: 'body: too large', body: Buffer.from(`{"a":"${'x'.repeat(size)}"}`), type: JSON_TYPE, malformed: true,
}));

export function malformedBody(operation: Operation): fc.Arbitrary<MadeBody> {
  return fc.oneof(
    { weight: 60, arbitrary: changedBody(operation).filter(({ malformed }) => malformed) }, { weight: 10, arbitrary: changedBody(operation) },
    { weight: 20, arbitrary: brokenBody(operation) }, { weight: 8, arbitrary: wrongType(operation) }, { weight: 1, arbitrary: tooLarge },
  );
}
