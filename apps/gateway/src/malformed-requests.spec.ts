import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Gateway, PUBLISHABLE, SECRET } from './gateway.fixture.js';
import { operations } from './openapi/operations.js';

const RUNS = 200;

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start({ SERENDIP_REQUESTS_PER_SECOND: '1000000' }); });
afterAll(() => gateway.close());

const event = { type: 'view', userId: 'ann', itemId: 'item-1', items: [{ itemId: 'a', quantity: 1, price: 2 }], value: 3, position: 4, eventTime: 5, context: { device: 'tv' }, properties: { a: [1] } };
const item = { title: 'A', categories: ['a'], attributes: { a: 'b' }, price: 1, available: true, publishedAt: 0, expiresAt: '2030-01-01T00:00:00Z', vector: [1, 2] };
const placement = { sources: [{ name: 'popular', limit: 10, timeoutMs: 5 }], objective: [{ head: 'a', weight: 1 }], caps: [{ group: 'a', limit: 1, window: 2 }], diversity: 0.1, candidates: 100 };

/** Bodies that are right, to be made wrong in one place. */
const examples: Readonly<Record<string, unknown>> = {
  'POST /v1/events': { events: [event, event] },
  'POST /v1/imports': { name: 'old' },
  'PUT /v1/imports/{id}/batches/{n}': { events: [event] },
  'POST /v1/dead-letters:replay': { ids: ['dl_1', 'dl_2'] },
  'POST /v1/dead-letters:purge': { reason: 'TOO_OLD' },
  'POST /v1/recommendations': { placement: 'home', userId: 'ann', items: ['item-1'], exclude: ['item-2'], limit: 5, context: { device: 'tv', attributes: { a: 1 } }, fields: ['title'], explain: true, modelOverride: { ranker: 'dcn@1' } },
  'POST /v1/recommendations:batch': { requests: [{ placement: 'home', userId: 'ann', limit: 5 }, { placement: 'item', items: ['item-1'] }] },
  'POST /v1/rank': { itemIds: ['item-1', 'item-2'], context: { hour: 3 }, explain: true },
  'POST /v1/items:batch': { items: [{ id: 'a', ...item }] },
  'PUT /v1/items/{id}': item,
  'PATCH /v1/items/{id}': item,
  'POST /v1/users:batch': { users: [{ id: 'a', attributes: { age: 4 } }] },
  'PUT /v1/users/{id}': { attributes: { age: 4, tags: ['a'] } },
  'PATCH /v1/users/{id}': { attributes: { age: 4 } },
  'POST /v1/users/{id}:merge': { anonymousId: 'a' },
  'PUT /v1/placements/{name}': placement,
  'PUT /v1/placements/{name}/split': { name: 'test', arms: [{ name: 'a', percent: 5, ranker: 'dcn@1' }] },
  'PUT /v1/models/{name}/aliases/{alias}': { version: 1 },
  'POST /v1/features:read': { userId: 'ann', itemIds: ['item-1', 'item-2'], names: ['click_rate'], context: { device: 'tv' } },
  'POST /v1/training': { maxSeconds: 1 },
};

const odd = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, '', 0, -1, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 32, 1e-320, true, [], {}, [[]], [null], '\0', '\ud800', 'x'.repeat(300), 'x'.repeat(5000), '9999-99-99T00:00:00Z', { toString: 1 }, { constructor: 1 }, Array.from({ length: 300 }, () => 1e308)) },
  fc.constantFrom(1e308, 2 ** 32, -(2 ** 31) - 1, 2 ** 53 - 1, 1e39),
  fc.jsonValue({ maxDepth: 3 }), fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** The same value with one part of it, chosen by `where`, replaced, or left out when there is nothing to replace it with. */
function replaced(value: unknown, where: readonly number[], by: unknown): unknown {
  const [first, ...rest] = where;
  if (first === undefined || typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  if (keys.length === 0) return by;
  const key = keys[first % keys.length]!;
  if (Array.isArray(value)) return value.map((entry, i) => (String(i) === key ? replaced(entry, rest, by) : entry));
  const { [key]: old, ...others } = value as Record<string, unknown>;
  return rest.length === 0 && first % 5 === 0 ? others : { ...others, [key]: replaced(old, rest, by) };
}

const bodyOf = (route: string) => fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.array(fc.nat(20), { maxLength: 5 }), odd).map(([where, by]) => JSON.stringify(replaced(examples[route] ?? {}, where, by))) },
  { weight: 1, arbitrary: odd.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.oneof(fc.string(), fc.constantFrom('{', '[', '{"__proto__":1}', '\uFEFF{}', '{"a":1,"a":2}', `${'['.repeat(5000)}${']'.repeat(5000)}`)) },
);

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '0', '-1', '1e400', 'NaN', 'true', 'null', '[]', '%', 'x'.repeat(300), '\0', '__proto__', '..', 'ann', 'item-1', 'home'));
const encoded = fc.oneof({ weight: 6, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed())) }, { weight: 1, arbitrary: fc.constantFrom('%ff', '%', '%00', 'a%2fb', '%ED%A0%80') });
const names = ['placement', 'userId', 'anonymousId', 'sessionId', 'items', 'exclude', 'fields', 'limit', 'explain', 'dryRun', 'device', 'cursor', 'window', 'filter', 'diversity', '__proto__', 'items[]', 'key'];
const query = fc.array(fc.tuple(fc.constantFrom(...names), encoded), { maxLength: 4 }).map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));
const headers = fc.record({
  'content-type': fc.oneof(
    { weight: 8, arbitrary: fc.constant('application/json') },
    { weight: 2, arbitrary: fc.constantFrom('application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', 'nonsense', '') },
  ),
  traceparent: fc.constantFrom('', '00-zz', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`), origin: fc.constantFrom('null', 'https://a.example', 'x y'),
}, { requiredKeys: [] });

describe('malformed requests', () => {
  it.each(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`))('%s answers each with a problem and goes on', async (route) => {
    const [method, template] = route.split(' ') as [string, string];
    const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
    const request = fc.record({
      path: fc.array(fc.oneof(encoded, fc.constantFrom('home', '1')), { minLength: 2, maxLength: 2 }), query, headers, key: fc.constantFrom(SECRET, SECRET, SECRET, PUBLISHABLE, null),
      body: hasBody ? fc.option(bodyOf(route), { nil: undefined, freq: 10 }) : fc.constant(undefined),
    });
    await fc.assert(fc.asyncProperty(request, async ({ path, query: search, headers: sent, key, body }) => {
      const parts = [...path];
      const url = template.replace(/\{\w+\}/g, () => parts.pop() ?? 'x');
      const answer = await gateway.ask(`${method} ${url}${search === '' ? '' : `?${search}`}`, { key, body, headers: hasBody ? sent : {} });
      expect([answer.status, answer.status < 500 || answer.status === 501 || (answer.status === 503 && template === '/readyz')]).toEqual([answer.status, true]);
      if (answer.status < 400 || template === '/readyz') return;
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.json).toMatchObject({ status: answer.status, reason: expect.stringMatching(/^[A-Z_]+$/), traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    }), { numRuns: RUNS });
  });

  it('left the gateway as it was', async () => {
    expect(gateway.logged).toEqual([]);
    // Some of what was asked may still be worked on; nothing of it lasts.
    let answer = await gateway.ask('GET /v1/recommendations?userId=ann');
    for (let tries = 0; tries < 20 && answer.json.degraded.length > 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      answer = await gateway.ask('GET /v1/recommendations?userId=ann');
    }
    expect(answer).toMatchObject({ status: 200, json: { degraded: [] } });
  });
});
