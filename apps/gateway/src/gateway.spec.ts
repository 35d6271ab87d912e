import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partitionOf, userEntity } from '@serendip/shared-identity';
import { EventAdmission } from './events/event-admission.js';
import { Gateway, PUBLISHABLE } from './gateway.fixture.js';
import { Readiness } from './readiness.js';
import { ServedLog } from './recommendations/served-log.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start({ SERENDIP_SHOP_KEY: PUBLISHABLE }); });
afterAll(() => gateway.close());

const ask: Gateway['ask'] = (...args) => gateway.ask(...args);

function expectProblem({ status, headers, json }: Awaited<ReturnType<typeof ask>>, expected: { status: number; reason: string }): void {
  expect({ status, reason: json?.reason }).toEqual(expected);
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(json).toMatchObject({ status, type: expect.stringContaining('https://'), title: expect.any(String), detail: expect.any(String), instance: expect.stringMatching(/^\//), traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
}

describe('problems', () => {
  it.each([
    ['a body that is not JSON', 'POST /v1/events', { body: '{"type":' }, 400, 'BODY_INVALID'],
    ['an empty JSON body', 'POST /v1/events', { body: '', headers: { 'content-type': 'application/json' } }, 400, 'BODY_INVALID'],
    ['a body that is not UTF-8', 'POST /v1/events', { body: Buffer.from('{"type":"view","userId":"ann\xff","itemId":"item-1"}', 'latin1') }, 400, 'BODY_INVALID'],
    ['a body that is nothing', 'POST /v1/recommendations', { body: 'null' }, 400, 'REQUEST_INVALID'],
    ['a number as text in a body', 'POST /v1/recommendations', { body: { limit: '5' } }, 400, 'REQUEST_INVALID'],
    ['a placement\'s name that is too long', `POST /v1/placements/${'x'.repeat(65)}:preview`, { body: { placement: { sources: [{ name: 'popular', limit: 5 }] }, users: ['ann'] } }, 400, 'REQUEST_INVALID'],
    ['a prototype in a body', 'POST /v1/events', { body: '{"__proto__":{"type":"view"}}' }, 400, 'BODY_INVALID'],
    ['a content type nobody reads', 'POST /v1/events', { body: 'x', headers: { 'content-type': 'image/png' } }, 415, 'CONTENT_TYPE_UNSUPPORTED'],
    ['more than 512 KiB of events', 'POST /v1/events', { body: JSON.stringify({ events: ['x'.repeat(512 * 1024)] }) }, 413, 'BODY_TOO_LARGE'],
    ['a body over 1 MiB', 'POST /v1/items:batch', { body: JSON.stringify({ items: ['x'.repeat(1024 * 1024)] }) }, 413, 'BODY_TOO_LARGE'],
    ['an unknown route', 'GET /v1/nothing', {}, 404, 'ROUTE_UNKNOWN'],
    ['a method a route does not have', 'DELETE /v1/events', {}, 404, 'ROUTE_UNKNOWN'],
    ['a path that is no UTF-8', 'GET /v1/items/%ff', {}, 400, 'URL_INVALID'],
    ['an unknown placement', 'GET /v1/recommendations?placement=nowhere', {}, 404, 'PLACEMENT_UNKNOWN'],
    ['an unknown item', 'GET /v1/items/nothing', {}, 404, 'ITEM_UNKNOWN'],
    ['an unknown user', 'GET /v1/users/bob', {}, 404, 'USER_UNKNOWN'],
    ['an unknown training run', 'GET /v1/training/nothing', {}, 404, 'TRAINING_UNKNOWN'],
    ['no key', 'GET /v1/models', { key: null }, 401, 'KEY_MISSING'],
    ['a bad key', 'GET /v1/models', { key: 'sk_other' }, 401, 'KEY_INVALID'],
    ['an expired key', 'GET /v1/models', { key: 'sk_expired' }, 401, 'KEY_INVALID'],
    ['a publishable key on a secret route', 'GET /v1/models', { key: PUBLISHABLE }, 403, 'SECRET_KEY_REQUIRED'],
    ['a publishable key from elsewhere', 'GET /v1/popular', { key: 'pk_shop', headers: { origin: 'https://evil.example' } }, 403, 'ORIGIN_NOT_ALLOWED'],
    ['a secret key in the query', 'POST /v1/events?key=sk_test', { key: null, body: { type: 'view' } }, 401, 'KEY_MISSING'],
    ['a key in the query elsewhere', 'GET /v1/popular?key=pk_test', { key: null }, 401, 'KEY_MISSING'],
    ['both kinds of visitor', 'GET /v1/recommendations?userId=a&anonymousId=b', {}, 400, 'WHO_AMBIGUOUS'],
    ['a limit out of range', 'GET /v1/recommendations?limit=201', {}, 400, 'REQUEST_INVALID'],
    ['an unknown field', 'POST /v1/recommendations', { body: { placment: 'home' } }, 400, 'REQUEST_INVALID'],
    ['an id that is too long', `GET /v1/items/${'x'.repeat(257)}`, {}, 400, 'REQUEST_INVALID'],
    ['a model override that is none', 'POST /v1/recommendations', { body: { modelOverride: { ranker: 'dcn@9' } } }, 404, 'MODEL_UNKNOWN'],
    ['an action that is none', 'POST /v1/users/ann:dance', {}, 404, 'ROUTE_UNKNOWN'],
    ['an action without a user', 'POST /v1/users/merge', {}, 404, 'ROUTE_UNKNOWN'],
    ['an action that visitors do not have', 'POST /v1/anonymous/v1:merge', {}, 404, 'ROUTE_UNKNOWN'],
    ['an action with another method', 'DELETE /v1/users/ann:merge', {}, 404, 'ROUTE_UNKNOWN'],
    ['events that are all wrong', 'POST /v1/events', { body: { events: [{ type: '' }, { type: 'refused', userId: 'ann' }] } }, 422, 'ALL_EVENTS_REJECTED'],
    ['items that are all wrong', 'POST /v1/items:batch', { body: { items: [{ title: 'no id' }] } }, 422, 'ALL_ITEMS_REJECTED'],
  ])('%s', async (_, route, more, status, reason) => {
    expectProblem(await ask(route, more), { status, reason });
  });

  it.each([
    ['POST /v1/experiments', {}], ['POST /v1/experiments/e1:ramp', {}],
  ])('%s is not there yet and says so', async (route, body) => {
    expectProblem(await ask(route, { body }), { status: 501, reason: 'NOT_AVAILABLE_YET' });
  });

  it('tells who sends more events than can be worked on when to come back, without reading them', async () => {
    const leave = gateway.app.get(EventAdmission).enter(1e9);
    const refused = await ask('POST /v1/events', { body: 'no JSON' });
    expectProblem(refused, { status: 429, reason: 'OVERLOADED' });
    expect(refused.headers['retry-after']).toBe('1');
    leave();
    for (let i = 0; i < 3; i++) expectProblem(await ask('POST /v1/events', { body: 'no JSON' }), { status: 400, reason: 'BODY_INVALID' });
    expect((await ask('POST /v1/events', { body: { type: 'view', userId: 'ann', itemId: 'item-1' } })).status).toBe(202);
    // Everybody has left again: even this finds room.
    gateway.app.get(EventAdmission).enter(1e9)();
  });

  it('lists every fault of a request', async () => {
    const { json } = await ask('POST /v1/recommendations', { body: { limit: 0, exclude: 'x' } });
    expect(json.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['exclude', 'limit']);
  });

  it('carries a caller\'s trace on', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const { json } = await ask('GET /v1/nothing', { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
    expect(json.traceId).toBe(trace);
  });
});

describe('recommendations', () => {
  it('are ranked, with models and a token, by POST and by GET', async () => {
    const post = await ask('POST /v1/recommendations', { key: PUBLISHABLE, body: { placement: 'home', userId: 'ann', limit: 3, fields: ['title', 'price', 'colour'], exclude: ['item-49'] } });
    const get = await ask('GET /v1/recommendations?userId=ann&limit=3&fields=title,price,colour&exclude=item-49', { key: PUBLISHABLE });
    for (const { status, json } of [post, get]) {
      expect(status).toBe(200);
      expect(json).toMatchObject({ placement: 'home', models: { retriever: 'cf@1', ranker: 'dcn@2' }, degraded: [], experiments: [] });
      expect(json.items.map(({ id }: { id: string }) => id)).toEqual(['item-48', 'item-47', 'item-46']);
      expect(json.items[0]).toMatchObject({ rank: 1, source: 'popular', fields: { title: 'Item 48', price: 52, colour: 'red' } });
    }
  });

  it('explain with a secret key only', async () => {
    const open = await ask('GET /v1/recommendations?userId=ann&explain=true');
    expect(open.status).toBe(200);
    expect(open.json.items[0].explain).toMatchObject({
      sources: [{ name: 'popular' }], reasons: expect.arrayContaining(['Popular with everyone']), rules: [],
      retrieval: { score: -49 }, ranks: { retrieval: 50, model: 1, adjusted: 1, slot: 1 }, modelScore: 49, heads: [{ head: 'engage', weight: 1, score: 49 }],
      features: [{ name: 'price_fit', value: 49, mean: 0, contribution: 49, words: 'how well the price fits', is: Math.expm1(49), usually: 0, status: 'PRESENT' }],
    });
    expect(open.json.items[1].explain.features[0]).toMatchObject({ name: 'price_fit', value: 48, status: 'OUTSIDE_MAX_AGE', newestAt: '1970-01-01T00:00:01.000Z' });
    expect(open.json.scoring).toEqual({ objective: [{ head: 'engage', weight: 1 }], baseline: 0 });
    expect(open.json.funnel.at(-1)).toMatchObject({ stage: 'answer', out: 10 });
    expect(open.json.funnel.length).toBeGreaterThan(3);
    expect(open.json.userState).toEqual({ partition: partitionOf('default', userEntity('ann')), position: 0 });
    expect((await ask('GET /v1/recommendations?anonymousId=of-bob&explain=true')).json.userState.partition).toBe(partitionOf('default', userEntity('bob')));
    expect((await ask('GET /v1/recommendations?explain=true')).json.userState).toBeUndefined();
    expect((await ask('GET /v1/recommendations?userId=ann')).json.userState).toBeUndefined();
    for (const route of ['GET /v1/recommendations?explain=true', 'GET /v1/recommendations?dryRun=true']) expectProblem(await ask(route, { key: PUBLISHABLE }), { status: 403, reason: 'SECRET_KEY_REQUIRED' });
    expectProblem(await ask('POST /v1/rank', { key: PUBLISHABLE, body: { itemIds: ['item-1'], explain: true } }), { status: 403, reason: 'SECRET_KEY_REQUIRED' });
    expect((await ask('GET /v1/recommendations?explain=false', { key: PUBLISHABLE })).status).toBe(200);
  });

  it('are for another moment when a secret key asks, and are not logged', async () => {
    gateway.config.set({ placements: [{ name: 'all', version: 1, sources: [{ name: 'popular', limit: 50 }], candidates: 50, fallback: 'popular', logShare: 1 }] });
    const { asked } = gateway.backends.get('embedding');
    const { written } = gateway.backends.get('ingestion');
    const served = async (): Promise<number> => {
      await gateway.app.get(ServedLog).flush();
      return written.filter(({ type }) => type === '$served').length;
    };
    const before = await served();
    const body = { placement: 'all', userId: 'ann', at: '2001-02-03T04:05:06.789Z' };
    expect((await ask('POST /v1/recommendations', { body })).status).toBe(200);
    expect(asked.at(-1)!.nowMs).toBe(Date.UTC(2001, 1, 3, 4, 5, 6));
    expectProblem(await ask('POST /v1/recommendations', { key: PUBLISHABLE, body }), { status: 403, reason: 'SECRET_KEY_REQUIRED' });
    expect(await served()).toBe(before);
    await ask('POST /v1/recommendations', { body: { placement: 'all', userId: 'ann' } });
    expect(await served()).toBe(before + 1);
    gateway.config.set({});
  });

  it('rank, similar and popular answer', async () => {
    const rank = await ask('POST /v1/rank', { body: { itemIds: ['item-3', 'item-9', 'gone', 'item-3'], userId: 'ann' } });
    expect(rank.json.items.map(({ id }: { id: string }) => id)).toEqual(['item-9', 'item-3']);
    expect(rank.json.missing).toEqual(['gone']);
    const similar = await ask('GET /v1/items/item-0/similar?limit=2');
    expect(similar.json.items.map(({ id }: { id: string }) => id)).toEqual(['item-1', 'item-2']);
    expect((await ask('GET /v1/popular?window=1d&limit=5')).json.items).toHaveLength(5);
  });
});

describe('the way into the log', () => {
  it('takes events one by one, in batches, and from sendBeacon', async () => {
    const one = await ask('POST /v1/events', { key: PUBLISHABLE, body: { type: 'view', userId: 'ann', itemId: 'item-1' } });
    expect(one).toMatchObject({ status: 202, json: { accepted: 1, rejected: [], durability: 'disk' } });
    const some = await ask('POST /v1/events', { body: { events: [{ type: 'view', userId: 'ann' }, { type: 'view', userId: 5 }, { type: 'refused', userId: 'ann' }] } });
    expect(some).toMatchObject({ status: 202, json: { accepted: 1, rejected: [{ index: 1, reason: 'EVENT_INVALID' }, { index: 2, reason: 'TYPE_INVALID' }] } });
    const beacon = await ask('POST /v1/events?key=pk_test', { key: null, body: JSON.stringify({ type: 'click', anonymousId: 'x' }), headers: { 'content-type': 'text/plain;charset=UTF-8' } });
    expect(beacon.status).toBe(202);
    expect(gateway.backends.get('ingestion').written.at(-1)).toMatchObject({ type: 'click', anonymousId: 'x', tenant: 'default' });
  });

  it('says of each event why, when none is taken, as of items and users', async () => {
    const { status, json } = await ask('POST /v1/events', { key: PUBLISHABLE, body: { events: [{ type: 'refused', userId: 'ann' }, { type: '' }, { type: 'refused', userId: 'bob' }] } });
    expect(status).toBe(422);
    expect(json.rejected).toEqual([
      { index: 0, reason: 'TYPE_INVALID', detail: 'No such type.' }, { index: 1, reason: 'EVENT_INVALID', detail: expect.stringMatching(/^type: /) }, { index: 2, reason: 'TYPE_INVALID', detail: 'No such type.' },
    ]);
    expect(json.detail).toContain('TYPE_INVALID');
    expect((await ask('POST /v1/items:batch', { body: { items: [{ id: 'refused' }, { id: '' }] } })).json.rejected).toMatchObject([{ index: 0, reason: 'TYPE_INVALID' }, { index: 1, reason: 'ITEM_INVALID' }]);
    expect((await ask('POST /v1/users:batch', { body: { users: [{ id: '' }] } })).json).toMatchObject({ reason: 'ALL_USERS_REJECTED', rejected: [{ index: 0, reason: 'USER_INVALID' }] });
  });

  it('says with a secret key where in the log each event stands', async () => {
    const batch = { events: [{ type: 'refused', userId: 'ann' }, { type: 7 }, { type: 'view', userId: 'ann' }, { type: 'click', userId: 'ann' }] };
    const { json } = await ask('POST /v1/events?positions=true', { body: batch });
    expect(json.positions).toEqual([null, null, { partition: 7, position: 1001 }, { partition: 7, position: 1002 }]);
    expect((await ask('POST /v1/events', { body: batch })).json.positions).toBeUndefined();
    expectProblem(await ask('POST /v1/events?positions=true', { key: PUBLISHABLE, body: batch }), { status: 403, reason: 'SECRET_KEY_REQUIRED' });
  });

  it('takes imports', async () => {
    expect((await ask('POST /v1/imports', { body: { name: 'old' } })).json).toMatchObject({ id: 'import-1', lastBatch: 0 });
    const rating = { type: 'rating', userId: 'a', itemId: 'b', value: 4, eventTime: 978300760000 };
    const batch = await ask('PUT /v1/imports/import-1/batches/4', { body: { events: [{ type: 7 }, rating, { ...rating, itemId: 'refused' }, {}, rating] } });
    expect(batch).toMatchObject({ status: 200, json: { lastBatch: 4, applied: true, accepted: 2, rejected: 3 } });
    expect(batch.json.batchRejected.map(({ index, reason }: { index: number; reason: string }) => [index, reason])).toEqual([[0, 'EVENT_INVALID'], [2, 'TYPE_INVALID'], [3, 'EVENT_INVALID']]);
    expect(gateway.backends.get('ingestion').indices).toEqual([1, 2, 4]);
    expect((await ask('GET /v1/imports/import-1')).json.lastBatch).toBe(3);
  });

  it('takes items and users', async () => {
    expect((await ask('PUT /v1/items/new', { body: { title: 'New', price: 3, attributes: { size: 4 } } })).json).toEqual({ id: 'new', accepted: true });
    expect(gateway.backends.get('ingestion').written.at(-1)).toMatchObject({ type: '$item', payload: { case: 'itemChange', value: { item: { id: 'new', title: 'New', price: 3 } } } });
    expect((await ask('PATCH /v1/items/new', { body: { publishedAt: '2020-01-01T00:00:00Z', attributes: { size: 5 } } })).status).toBe(202);
    expect(gateway.backends.get('ingestion').written.at(-1)).toMatchObject({ payload: { value: { fields: ['publishedAtMs', 'attributes.size'], item: { publishedAtMs: 1577836800000 } } } });
    expect((await ask('DELETE /v1/items/new')).status).toBe(202);
    expect((await ask('POST /v1/items:batch', { body: { items: [{ id: 'a' }, { id: '' }, { id: 'refused' }] } })).json).toMatchObject({ accepted: 1, rejected: [{ index: 1, reason: 'ITEM_INVALID' }, { index: 2, reason: 'TYPE_INVALID' }] });
    expect((await ask('POST /v1/users:batch', { body: { users: [{ id: 'ann', attributes: { age: 42 } }] } })).json).toEqual({ accepted: 1, rejected: [] });
    expect((await ask('PUT /v1/users/ann', { body: { attributes: { age: 43 } } })).status).toBe(202);
    expect((await ask('PATCH /v1/users/ann', { body: { attributes: { age: 44 } } })).status).toBe(202);
    expect((await ask('DELETE /v1/users/ann')).status).toBe(202);
    expect(await ask('POST /v1/users/ann:merge', { body: { anonymousId: 'visitor-1' } })).toMatchObject({ status: 202, json: { id: 'ann', anonymousId: 'visitor-1', accepted: true } });
    expect(gateway.backends.get('ingestion').written.at(-1)).toMatchObject({ type: '$identify', userId: '', anonymousId: 'visitor-1', payload: { case: 'identify', value: { userId: 'ann' } } });
    expect((await ask('POST /v1/users/bob:merge', { body: { anonymousId: 'of-bob' } })).status).toBe(202);
    expectProblem(await ask('POST /v1/users/ann:merge', { body: { anonymousId: 'of-bob' } }), { status: 409, reason: 'MERGED_ALREADY' });
    expectProblem(await ask('POST /v1/users/ann:merge', { body: {} }), { status: 400, reason: 'REQUEST_INVALID' });
    expectProblem(await ask('POST /v1/users/ann:merge', { key: PUBLISHABLE, body: { anonymousId: 'x' } }), { status: 403, reason: 'SECRET_KEY_REQUIRED' });
  });

  it('reads them', async () => {
    expect((await ask('GET /v1/items/item-7')).json).toMatchObject({ id: 'item-7', title: 'Item 7', attributes: { colour: 'red' }, available: true });
    const { json: page } = await ask('GET /v1/items?limit=40');
    expect([page.items.length, (await ask(`GET /v1/items?limit=40&cursor=${page.nextCursor}`)).json.items.length]).toEqual([40, 10]);
    expect((await ask('GET /v1/users/ann')).json).toEqual({ id: 'ann', attributes: { age: 42 } });
    expect((await ask('GET /v1/users/ann/events')).json.userState).toEqual({ partition: 7, position: 1234 });
    expect((await ask('GET /v1/users/ann/events')).json.events).toEqual([{ type: 'view', itemId: 'item-1', eventTime: '1970-01-01T00:00:01.000Z' }, { type: 'search', eventTime: '1970-01-01T00:00:00.500Z', value: 1 }]);
  });
});

describe('administration', () => {
  it('reads and changes placements, models and training', async () => {
    expect((await ask('GET /v1/placements')).json.placements).toHaveLength(3);
    expect((await ask('GET /v1/placements/home')).json).toMatchObject({ name: 'home', ranker: 'dcn@champion' });
    expect((await ask('PUT /v1/placements/home', { body: { sources: [{ name: 'popular', limit: 10 }] } })).json).toMatchObject({ name: 'home', version: 2, fallback: 'popular' });
    const caps = [{ group: 'brand', limit: 1, window: 4 }];
    expect((await ask('PUT /v1/placements/home', { body: { sources: [{ name: 'popular', limit: 10 }], diversity: 0.3, impressionDiscount: 0.8, caps, fill: 'strict' } })).json).toMatchObject({ diversity: 0.3, impressionDiscount: 0.8, caps, fill: 'strict' });
    const split = { name: 'test', arms: [{ name: 'b', percent: 50, ranker: 'dcn@1' }] };
    expect((await ask('PUT /v1/placements/home/split', { body: split })).json).toEqual(split);
    expectProblem(await ask('DELETE /v1/placements/home/split'), { status: 404, reason: 'SPLIT_UNKNOWN' });
    expectProblem(await ask('DELETE /v1/placements/nowhere/split'), { status: 404, reason: 'PLACEMENT_UNKNOWN' });
    gateway.config.set({ splits: [{ ...split, placement: 'home', salt: 's' }] });
    const { json: read } = await ask('GET /v1/placements/home');
    expect(read.split).toEqual(split);
    expect((await ask('PUT /v1/placements/home', { body: read })).json).toEqual({ impressionDiscount: 1, ...read, version: read.version + 1 });
    expectProblem(await ask('PUT /v1/placements/home', { body: { ...read, split: { ...split, name: 'other' } } }), { status: 400, reason: 'PLACEMENT_INVALID' });
    const withoutSplit = { ...read, split: undefined };
    expectProblem(await ask('PUT /v1/placements/item', { body: withoutSplit }), { status: 400, reason: 'PLACEMENT_INVALID' });
    const previewed = (placement: string, body: object) => ask(`POST /v1/placements/${placement}:preview`, { body: { placement: body, users: ['ann'] } });
    expect((await previewed('home', read)).json).toMatchObject({ users: [{ userId: 'ann' }], missing: [] });
    expectProblem(await previewed('item', withoutSplit), { status: 400, reason: 'PLACEMENT_INVALID' });
    expectProblem(await previewed('home', { ...read, split: { ...split, name: 'other' } }), { status: 400, reason: 'PLACEMENT_INVALID' });
    expect((await ask('GET /v1/placements/nowhere')).json).toMatchObject({ status: 404, reason: 'PLACEMENT_UNKNOWN', detail: 'There is no placement \'nowhere\'. Known: home, item, cart.' });
    gateway.config.set({ splits: [] });
    const { json } = await ask('GET /v1/models');
    expect(json.models).toHaveLength(4);
    expect((await ask('GET /v1/models/dcn/versions/2')).json).toMatchObject({ name: 'dcn', kind: 'ranker', aliases: ['champion'], metrics: { 'ndcg@10': 0.5 } });
    expect((await ask('PUT /v1/models/dcn/aliases/champion', { body: { version: 1 } })).json).toMatchObject({ version: 1, previousVersion: 1 });
    expect(await ask('POST /v1/training')).toMatchObject({ status: 202, json: { id: 'run-1', state: 'running' } });
    expect((await ask('GET /v1/training/run-1')).json).toMatchObject({ state: 'succeeded', progress: 1 });
  });
});

describe('pages and operations', () => {
  it('answers a browser\'s preflight and lets it read what it asked for', async () => {
    const preflight = await ask('OPTIONS /v1/recommendations', { key: null, headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' } });
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': 'https://shop.example', 'access-control-allow-methods': expect.stringContaining('POST'), 'access-control-allow-headers': expect.stringContaining('authorization') } });
    const failed = await ask('GET /v1/models', { key: 'pk_shop', headers: { origin: 'https://shop.example' } });
    expect(failed).toMatchObject({ status: 403, headers: { 'access-control-allow-origin': 'https://shop.example', vary: 'origin' } });
  });

  it('serves the shop', async () => {
    expect(await ask('GET /shop', { key: null })).toMatchObject({ status: 302, headers: { location: '/shop/' } });
    expect((await ask('GET /shop/', { key: null })).text).toContain('<!doctype html>');
    expect((await ask('GET /shop/shop.js', { key: null })).headers['content-type']).toMatch(/javascript/);
    expect((await ask('GET /shop/config.json', { key: null })).json).toMatchObject({ key: PUBLISHABLE, shoppers: [] });
    expectProblem(await ask('GET /shop/nothing.js', { key: null }), { status: 404, reason: 'ROUTE_UNKNOWN' });
    expect((await ask('GET /shop/..%2f..%2fpackage.json', { key: null })).status).toBeGreaterThanOrEqual(400);
  });

  it('serves its own documentation', async () => {
    expect((await ask('GET /docs', { key: null })).text).toContain('swagger-ui');
    expect((await ask('GET /docs/assets/swagger-ui.css', { key: null })).status).toBe(200);
    expect((await ask('GET /openapi.json', { key: null })).json.openapi).toBe('3.1.0');
  });

  it('says that it lives, and when it is ready', async () => {
    expect((await ask('GET /healthz', { key: null })).json).toEqual({ status: 'ok' });
    expect((await ask('GET /readyz', { key: null })).status).toBe(503);
    gateway.app.get(Readiness).ready = true;
    const { status, json } = await ask('GET /readyz', { key: null });
    expect({ status, names: json.dependencies.map(({ name }: { name: string }) => name).sort() }).toEqual({ status: 200, names: ['embedding', 'feature-store', 'ingestion', 'ranking'] });
  });
});
