/** Cursors and tokens that the gateway has not given to whoever sends them: cut short, changed, signed by others, of others, too old, too large. */
import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { JSON_TYPE, bearer, requestBytes, type Attempt, type Parts } from './attempts.ts';
import { Raw, jsonText } from './json-text.ts';
import type { Keys } from './malformed-requests.ts';

/** What the stack has given out, to others than user 1 at `home`, or to them and long ago. */
export interface GivenTokens {
  /** The second page of user 1's list at `home`. */
  readonly cursor: string;
  /** Cursors of other lists: another user's, another placement's, another tenant's, and one of this list that has expired. */
  readonly foreignCursors: readonly string[];
  readonly pageToken: string;
  readonly attributionToken: string;
  readonly foreignAttributionTokens: readonly string[];
}

interface MadeToken {
  readonly kind: string;
  readonly token: unknown;
}

const SIGNATURE_BYTES = 16;

/** The token with a signature of a key that nobody has. */
function signedByAnother(token: string): string {
  const key = randomBytes(32);
  if (token.includes('.')) {
    const [body = ''] = token.split('.');
    return `${body}.${createHmac('sha256', key).update(body).digest().subarray(0, SIGNATURE_BYTES).toString('base64url')}`;
  }
  const body = Buffer.from(token, 'base64url').subarray(0, -SIGNATURE_BYTES);
  return Buffer.concat([body, createHmac('sha256', key).update(body).digest().subarray(0, SIGNATURE_BYTES)]).toString('base64url');
}

const flipped = (token: string, bit: number): string => {
  const bytes = Buffer.from(token, 'latin1');
  bytes[Math.floor(bit / 8) % bytes.length]! ^= 1 << (bit % 8);
  return bytes.toString('latin1');
};

/** A genuine token made wrong, or none at all. */
function spoilt(token: string): fc.Arbitrary<MadeToken> {
  return fc.oneof(
    fc.nat(token.length - 1).map((end) => ({ kind: 'cut short', token: token.slice(0, end) })),
    fc.nat(token.length * 8 - 1).map((bit) => ({ kind: 'one bit', token: flipped(token, bit) })),
    fc.constantFrom('=', '==', ' ', '\0', '.', token, '/', '+', 'A').map((tail) => ({ kind: 'longer', token: token + tail })),
    fc.constant({ kind: 'signed by another key', token: signedByAnother(token) }),
    fc.constantFrom(1000, 4096, 4097, 100_000, 900_000).map((length) => ({ kind: 'gigantic', token: 'A'.repeat(length) })),
    fc.constantFrom<unknown>(null, 1, true, {}, [], [token], new Raw('1e999'), { toString: token }).map((value) => ({ kind: 'no text', token: value })),
    fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.base64String({ maxLength: 200 }), fc.constantFrom('__proto__', 'null', '0', '-1', 'e30', 'e30.e30', '..', '💥')).map((text) => ({ kind: 'made up', token: text })),
  ).filter((made) => made.token !== token);
}

const request = (method: string, target: string, key: string, body?: unknown): Parts => ({
  method, target, headers: [bearer(key), ...(body === undefined ? [] : [JSON_TYPE])], ...(body === undefined ? {} : { body: Buffer.from(jsonText(body)) }),
});

type Made = Parts & { readonly kind: string; readonly operation: string; readonly malformed: boolean };

/** Cursors of lists, in each of the places that take one. */
function cursors({ cursor, foreignCursors }: GivenTokens, { publishable }: Keys): fc.Arbitrary<Made> {
  const wrong = fc.oneof({ weight: 4, arbitrary: spoilt(cursor) }, { weight: 1, arbitrary: fc.constantFrom(...foreignCursors).map((token) => ({ kind: 'of another list', token })) });
  const list = { placement: 'home', userId: '1', limit: 5 };
  return fc.tuple(wrong, fc.constantFrom('body', 'query', 'batch')).map(([{ kind, token }, place]): Made => {
    const common = { kind: `cursor: ${kind}`, malformed: true };
    if (place === 'query' && typeof token === 'string' && token.length < 10_000) {
      return { ...common, operation: 'GET /v1/recommendations', ...request('GET', `/v1/recommendations?placement=home&userId=1&limit=5&cursor=${encodeURIComponent(token.toWellFormed())}`, publishable) };
    }
    if (place === 'batch') return { ...common, operation: 'POST /v1/recommendations:batch', ...request('POST', '/v1/recommendations:batch', publishable, { requests: [{ ...list, cursor: token }] }) };
    return { ...common, operation: 'POST /v1/recommendations', ...request('POST', '/v1/recommendations', publishable, { ...list, cursor: token }) };
  });
}

/** Cursors of plain lists, which are no secret: some that are changed are right by chance. */
function pageTokens({ pageToken }: GivenTokens, { secret }: Keys): fc.Arbitrary<Made> {
  const texts = spoilt(pageToken).filter(({ token }) => typeof token === 'string' && token.length < 10_000);
  return fc.tuple(texts, fc.constantFrom(['GET /v1/items', '/v1/items'] as const, ['GET /v1/users/{id}/events', '/v1/users/1/events'] as const)).map(([{ kind, token }, [operation, path]]) => ({
    kind: `page token: ${kind}`, operation, malformed: kind === 'made up' && token !== '', ...request('GET', `${path}?limit=5&cursor=${encodeURIComponent((token as string).toWellFormed())}`, secret),
  }));
}

/** An event may carry any token: what is none counts for nothing. Only what is no text, or too long, is refused. */
function attributionTokens({ attributionToken, foreignAttributionTokens }: GivenTokens, { publishable }: Keys): fc.Arbitrary<Made> {
  const wrong = fc.oneof({ weight: 4, arbitrary: spoilt(attributionToken) }, { weight: 1, arbitrary: fc.constantFrom(...foreignAttributionTokens).map((token) => ({ kind: 'of another tenant', token })) });
  return wrong.map(({ kind, token }) => ({
    kind: `attribution token: ${kind}`, operation: 'POST /v1/events', malformed: typeof token !== 'string' || token.length > 4096,
    ...request('POST', '/v1/events', publishable, { events: [{ type: 'click', userId: '1', itemId: '2', attributionToken: token }] }),
  }));
}

/** Hostile cursors and tokens wherever one is taken. */
export function hostileTokens(given: GivenTokens, keys: Keys): fc.Arbitrary<Attempt> {
  return fc.oneof({ weight: 6, arbitrary: cursors(given, keys) }, { weight: 2, arbitrary: pageTokens(given, keys) }, { weight: 3, arbitrary: attributionTokens(given, keys) })
    .map(({ kind, operation, malformed, ...parts }) => ({ kind, operation, malformed, bytes: requestBytes(parts), owed: 1 }));
}
