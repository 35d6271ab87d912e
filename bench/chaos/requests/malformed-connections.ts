/** What is wrong below the level of requests: framing, heads, chunks, several requests on a connection, bytes that are no HTTP. */
import fc from 'fast-check';
import { bearer, requestBytes, type Attempt } from './attempts.ts';
import type { Keys } from './malformed-requests.ts';

interface Case {
  readonly kind: string;
  readonly bytes: string | Buffer;
  readonly owed?: number;
  readonly malformed?: boolean;
  readonly bodiless?: boolean;
}

const HEAD = 'POST /v1/events HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n';
const EVENT = '{"type":"view","userId":"1","itemId":"2"}';
const GET = 'GET /healthz HTTP/1.1\r\nhost: gateway\r\n';

/** A body's framing that can't be right. */
const FRAMING: readonly Case[] = [
  ...['-1', 'abc', '1e3', '5, 6', '0x10', '99999999999999999999', '1 2', '+5'].map((length) => ({ kind: 'content-length', bytes: `${HEAD}content-length: ${length}\r\n\r\n${EVENT}` })),
  { kind: 'content-length', bytes: `${HEAD}content-length: 5\r\ncontent-length: 41\r\n\r\n${EVENT}` },
  { kind: 'length and chunks', bytes: `${HEAD}content-length: 41\r\ntransfer-encoding: chunked\r\n\r\n29\r\n${EVENT}\r\n0\r\n\r\n` },
  ...['zz', '-5', 'ffffffffffffffffff', '', '5;', ' 5', '0x5'].map((size) => ({ kind: 'chunk size', bytes: `${HEAD}transfer-encoding: chunked\r\n\r\n${size}\r\nhello\r\n0\r\n\r\n` })),
  { kind: 'chunk too short', bytes: `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n` },
  { kind: 'chunk extension', bytes: `${HEAD}transfer-encoding: chunked\r\n\r\n5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n` },
  { kind: 'trailer', bytes: `${HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: ${'y'.repeat(20_000)}\r\n\r\n` },
  ...['gzip', 'identity, chunked', 'chunked, identity', 'xchunked', 'chunked\r\ntransfer-encoding: chunked'].map((encoding) => ({ kind: 'transfer-encoding', bytes: `${HEAD}transfer-encoding: ${encoding}\r\n\r\n2\r\n{}\r\n0\r\n\r\n` })),
];

/** Heads that are none. */
const HEADS: readonly Case[] = [
  ...['', 'HTTP/1.1', 'HTTP/9.9', 'http/1.1', 'HTTP/1.1 x', 'HTTPS/1.1'].map((version) => ({ kind: 'version', bytes: `GET /healthz ${version}\r\n${version === 'HTTP/1.1' ? '' : 'host: gateway\r\n'}\r\n` })),
  ...['get', 'BREW', 'GET\0', '', ' GET', 'PRI'].map((method) => ({ kind: 'method', bytes: `${method} /healthz HTTP/1.1\r\nhost: gateway\r\n\r\n` })),
  ...['x y: 1', 'x : 1', ': 1', 'x', 'x\0: 1', 'x: a\0b', 'x: a\rb', ' folded: 1', 'é: 1', '(x): 1'].map((line) => ({ kind: 'header', bytes: `${GET}${line}\r\n\r\n` })),
  { kind: 'header: too large', bytes: `${GET}x: ${'y'.repeat(20_000)}\r\n\r\n` },
  { kind: 'header: too large', bytes: `${GET}authorization: Bearer ${'y'.repeat(20_000)}\r\n\r\n` },
  { kind: 'header: too many', bytes: `${GET}${Array.from({ length: 3000 }, (_, i) => `x-${i}: ${i}\r\n`).join('')}\r\n` },
  { kind: 'target: too long', bytes: `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: gateway\r\n\r\n` },
  ...['healthz', '\\healthz', '/health z', 'http://', '*', '//', '/\0', '/é', '/%', '/..%2f..%2fetc/passwd', 'http://elsewhere:1/nothing', '?'].map((target) => ({ kind: 'target', bytes: Buffer.from(`GET ${target} HTTP/1.1\r\nhost: gateway\r\n\r\n`, 'latin1') })),
  { kind: 'expectation', bytes: `${GET}expect: the-impossible\r\n\r\n` },
  { kind: 'connect', bytes: 'CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n' },
];

/** What another protocol says first. */
const PROTOCOLS: readonly Case[] = [
  'HELO mail\r\n\r\n', '*1\r\n$4\r\nPING\r\n', 'SSH-2.0-x\r\n\r\n', '\r\n\r\n\0\0\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', Buffer.from('16030100c8010000c40303', 'hex'), Buffer.from('0000000804d2162f00000001', 'hex'), '{"type":"view"}\r\n\r\n',
].map((bytes) => ({ kind: 'another protocol', bytes }));

/** Valid by themselves, and odd. */
const ODD: readonly Case[] = [
  { kind: 'asks for an upgrade', bytes: `${GET}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n`, malformed: false },
  { kind: 'asks for an upgrade', bytes: `${GET}connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n`, malformed: false },
  { kind: 'a body with GET', bytes: `${GET}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`, malformed: false },
  { kind: 'two hosts', bytes: `${GET}host: elsewhere\r\n\r\n`, malformed: false },
  { kind: 'target elsewhere', bytes: 'GET http://elsewhere/healthz HTTP/1.1\r\nhost: elsewhere\r\n\r\n', malformed: false },
  { kind: 'empty lines first', bytes: `${'\r\n'.repeat(50)}${GET}\r\n`, malformed: false },
];

/** Begun and not finished: nothing is owed, but whatever comes must be right. */
const UNFINISHED: readonly Case[] = [
  { kind: 'unfinished', bytes: `${HEAD}content-length: 1000\r\n\r\n${EVENT}`, owed: 0 },
  { kind: 'unfinished', bytes: `${HEAD}transfer-encoding: chunked\r\n\r\n29\r\n${EVENT}`, owed: 0 },
  { kind: 'unfinished', bytes: `${HEAD}content-length`, owed: 0 },
  { kind: 'unfinished', bytes: 'GE', owed: 0 },
  { kind: 'unfinished', bytes: '', owed: 0 },
];

/** Many requests at once on a connection, the last of them no HTTP: an answer for each, in order. */
const pipelined = (keys: Keys): fc.Arbitrary<Case> => fc.array(fc.constantFrom(
  { method: 'GET', target: '/nowhere' }, { method: 'GET', target: '/v1/recommendations?limit=0', headers: [bearer(keys.publishable)] }, { method: 'POST', target: '/v1/events', body: Buffer.from('{') },
  { method: 'GET', target: '/v1/items', headers: [bearer(keys.publishable)] }, { method: 'GET', target: '/v1/items/%ff' },
), { minLength: 2, maxLength: 40 }).map((parts) => ({ kind: 'pipelined', bytes: Buffer.concat([...parts.map(requestBytes), Buffer.from('no HTTP\r\n\r\n')]), owed: parts.length + 1 }));

/** Bytes at random, which begin no request. */
const noise: fc.Arbitrary<Case> = fc.uint8Array({ minLength: 4, maxLength: 300 }).filter(([first]) => first! > 0x7f)
  .map((bytes) => ({ kind: 'noise', bytes: Buffer.concat([bytes, Buffer.from('\r\n\r\n')]) }));

/** An event's valid request with one of its bytes changed: its framing may go on beyond its end, so that nothing is owed. */
const flipped: fc.Arbitrary<Case> = fc.tuple(fc.nat(HEAD.length + 22), fc.integer({ min: 0, max: 255 })).map(([at, by]) => {
  const bytes = Buffer.from(`${HEAD}content-length: 41\r\n\r\n${EVENT}`, 'latin1');
  bytes[at] = by;
  return { kind: 'one byte', bytes, owed: 0, malformed: false };
});

/** Connections that go wrong, each of its own. */
export function malformedConnection(keys: Keys): fc.Arbitrary<Attempt> {
  const listed = [...FRAMING, ...HEADS, ...PROTOCOLS, ...ODD, ...UNFINISHED];
  return fc.oneof({ weight: listed.length, arbitrary: fc.constantFrom(...listed) }, { weight: 8, arbitrary: pipelined(keys) }, { weight: 8, arbitrary: noise }, { weight: 16, arbitrary: flipped })
    .map(({ kind, bytes, owed = 1, malformed = true, bodiless = false }) => ({ kind: `connection: ${kind}`, operation: '', bytes: Buffer.from(bytes as string, 'latin1'), owed, malformed, bodiless, alone: true }));
}
