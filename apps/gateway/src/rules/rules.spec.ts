import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';
import { CatalogueSchemas } from './catalogue-schemas.service.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());
afterEach(() => gateway.config.set({}));

const ask: Gateway['ask'] = (...args) => gateway.ask(...args);

/** Ids of the list for a request; the fake catalogue's item n costs 100 − n, and the fake ranker puts the last first. */
async function listOf(body: object): Promise<string[]> {
  const { json } = await ask('POST /v1/recommendations', { body: { limit: 3, ...body } });
  return json.items.map(({ id }: { id: string }) => id);
}

const sources = [{ name: 'popular', limit: 50 }];
const rule = (more: object) => ({ name: 'r', when: '', filter: '', boost: '', ...more });

/** A home placement with rules, in the configuration of the gateway. */
function home(more: object) {
  return { placements: [{ name: 'home', version: 1, sources, hideAfter: ['purchase'], retriever: 'cf@champion', ranker: 'dcn@champion', candidates: 50, fallback: 'popular', ...more }] };
}

describe('rules of a request', () => {
  it('filter what is shown, with any key', async () => {
    const { json } = await ask('POST /v1/recommendations', { key: PUBLISHABLE, body: { limit: 2, filter: 'item.price > 90.0' } });
    expect(json.items.map(({ id }: { id: string }) => id)).toEqual(['item-9', 'item-8']);
  });

  it('are refused where they are wrong, each with its place and what to do', async () => {
    const { status, json } = await ask('POST /v1/recommendations', { body: { filter: 'item.price < "cheap"', boost: 'item.price <' } });
    expect(status).toBe(400);
    expect(json).toMatchObject({ reason: 'EXPRESSION_INVALID', detail: expect.stringMatching(/^filter: /) });
    expect(json.errors).toEqual([
      { path: 'filter', detail: expect.any(String), position: expect.any(Number), line: 1, column: expect.any(Number), hint: expect.any(String) },
      { path: 'boost', detail: expect.any(String), position: expect.any(Number), line: 1, column: expect.any(Number), hint: expect.any(String) },
    ]);
  });

  it('are checked against the catalogue, with the nearest name for one that it does not have', async () => {
    while (gateway.app.get(CatalogueSchemas).of('default') === undefined) await new Promise(setImmediate);
    const { json } = await ask('POST /v1/recommendations', { body: { filter: `item.color == 'red'` } });
    expect(json).toMatchObject({ status: 400, errors: [{ path: 'filter', position: 5, line: 1, column: 6, hint: expect.stringContaining('item.colour') }] });
    expect((await ask('POST /v1/recommendations', { body: { filter: 'item.colour > 3.0' } })).status).toBe(400);
    expect(await listOf({ filter: `item.colour == 'red'` })).toHaveLength(3);
  });

  it('go to the search with the placement\'s', async () => {
    gateway.config.set(home({ rules: [rule({ filter: 'item.price > 90.0' }), rule({ name: 'pin', pin: { expression: 'item.price > 99.0', slot: 1 } })] }));
    await listOf({ userId: 'ann', filter: 'item.price < 98.0', boost: '2.0' });
    expect(gateway.backends.get('embedding').asked.at(-1)).toMatchObject({ filters: ['item.price > 90.0', 'item.price < 98.0'], boosts: ['2.0'], pins: ['item.price > 99.0'], userId: 'ann' });
  });

  it('work as query parameters too', async () => {
    const { json } = await ask(`GET /v1/recommendations?limit=1&filter=${encodeURIComponent('item.price > 90.0')}`);
    expect(json.items[0].id).toBe('item-9');
  });
});

describe('rules of tenants and placements', () => {
  it('hold together with the request\'s, and say so', async () => {
    gateway.config.set({
      rules: [rule({ name: 'red', filter: `item.colour == 'red'` })],
      ...home({ rules: [rule({ name: 'dear', filter: 'item.price > 90.0' }), rule({ name: 'first', pin: { expression: `item.id == 'item-3'`, slot: 1 } })] }),
    });
    expect(await listOf({ filter: 'item.price < 98.0' })).toEqual(['item-3', 'item-9', 'item-8']);
    const { json } = await ask('POST /v1/recommendations', { body: { limit: 1, explain: true } });
    expect(json.items[0].explain.rules).toEqual([{ rule: 'placement:first', effect: 'pinned to slot 1', rank: { from: 7, to: 1 } }]);
    expect(json.funnel.find(({ stage }: { stage: string }) => stage === 'documents')).toMatchObject({ in: 50, out: 10, dropped: [{ rule: 'placement:dear', dropped: 40 }] });
  });

  it('hold where their condition does', async () => {
    gateway.config.set(home({ rules: [rule({ when: `context.device == 'phone'`, filter: 'item.price > 90.0' })] }));
    expect(await listOf({ context: { device: 'phone' } })).toEqual(['item-9', 'item-8', 'item-7']);
    expect(await listOf({})).toEqual(['item-49', 'item-48', 'item-47']);
  });

  it('of the tenant decide what may be shown in every list, and nothing else where no placement makes it', async () => {
    gateway.config.set({ rules: [rule({ filter: 'item.price > 98.0' }), rule({ name: 'pin', pin: { expression: `item.id == 'item-1'`, slot: 1 } })], caps: [{ group: 'categories', limit: 1, window: 9 }] });
    const ids = async (route: string, more = {}): Promise<string[]> => (await ask(route, more)).json.items.map(({ id }: { id: string }) => id);
    expect(await ids('GET /v1/popular')).toEqual(['item-0', 'item-1']);
    const { json } = await ask('POST /v1/rank', { body: { itemIds: ['item-0', 'item-7', 'item-1'] } });
    expect({ items: json.items.map(({ id }: { id: string }) => id), missing: json.missing }).toEqual({ items: ['item-1', 'item-0'], missing: ['item-7'] });
  });

  it('are saved as they are given, and refused where they are wrong', async () => {
    const rules = [{ name: 'cheap', when: `context.device == 'phone'`, filter: 'item.price < 20.0' }, { name: 'promo', pin: { expression: `'promo' in item.tags`, slot: 2 } }];
    const caps = [{ group: 'categories', limit: 2, window: 5 }];
    expect(await ask('PUT /v1/rules', { body: { rules, caps } })).toMatchObject({ status: 200, json: { rules, caps } });
    expect((await ask('PUT /v1/placements/home', { body: { sources, rules, caps, fill: 'strict' } })).json).toMatchObject({ rules, caps, fill: 'strict' });
    gateway.config.set({ rules: [rule({ name: 'dear', filter: 'true' })], caps });
    expect((await ask('GET /v1/rules')).json).toEqual({ rules: [{ name: 'dear', filter: 'true' }], caps });
    for (const [route, body] of [['PUT /v1/rules', {}], ['PUT /v1/placements/home', { sources }]] as const) {
      const { status, json } = await ask(route, { body: { ...body, rules: [rules[0], { name: 'bad', when: 'item.price < 2.0', boost: 'true' }] } });
      expect({ status, reason: json.reason, paths: json.errors.map(({ path }: { path: string }) => path) }).toEqual({ status: 400, reason: 'EXPRESSION_INVALID', paths: ['rules.1.when', 'rules.1.boost'] });
    }
    expect((await ask('PUT /v1/rules', { key: PUBLISHABLE, body: { rules } })).status).toBe(403);
  });
});

describe('preview', () => {
  const preview = async (placement: object, more: object = {}) => ask('POST /v1/placements/home:preview', { body: { placement: { sources, retriever: 'cf@champion', ranker: 'dcn@champion', candidates: 50, ...placement }, users: ['ann', 'bob'], limit: 3, ...more } });

  it('says for each user what would come, go and move, and by which rule', async () => {
    const pin = { name: 'first', pin: { expression: `item.id == 'item-3'`, slot: 1 } };
    const { status, json } = await preview({ rules: [pin, { name: 'even', filter: `item.id != 'item-48'` }] });
    expect({ status, changed: json.changed }).toEqual({ status: 200, changed: 2 });
    expect(json.users[0]).toEqual({
      userId: 'ann', before: ['item-49', 'item-48', 'item-47'], after: ['item-3', 'item-49', 'item-47'],
      changes: [
        { id: 'item-3', change: 'added', to: 1, because: [{ rule: 'placement:first', effect: 'pinned to slot 1' }] },
        { id: 'item-49', change: 'moved', from: 1, to: 2, because: [] },
        { id: 'item-48', change: 'dropped', from: 2, because: [{ rule: 'placement:even', effect: 'left out' }] },
      ],
    });
  });

  it('changes nothing, logs nothing, and says nothing changes where nothing does', async () => {
    const written = gateway.backends.get('ingestion').written.length;
    expect((await preview({})).json).toMatchObject({ changed: 0, users: [{ changes: [] }, { changes: [] }] });
    expect(gateway.backends.get('ingestion').written).toHaveLength(written);
    expect(gateway.config.tenant('default')!.placements[0]!.rules).toEqual([]);
  });

  it('shows a placement that is not saved yet, and refuses a wrong one', async () => {
    const { json } = await ask('POST /v1/placements/basket:preview', { body: { placement: { sources }, users: ['ann'], limit: 1 } });
    expect(json.users[0]).toMatchObject({ before: [], changes: [{ change: 'added', to: 1 }] });
    expect((await preview({ rules: [{ name: 'bad', filter: 'nothing' }] })).json).toMatchObject({ status: 400, errors: [{ path: 'placement.rules.0.filter' }] });
    expect((await preview({}, { users: [] })).status).toBe(400);
    expect((await ask('POST /v1/placements/home:dance', { body: {} })).json.reason).toBe('ROUTE_UNKNOWN');
  });

  it('names the users that there was no time for', async () => {
    const users = Array.from({ length: 40 }, (_, i) => `user-${i}`);
    gateway.backends.get('embedding').delayMs = 100;
    const { json } = await preview({}, { users });
    gateway.backends.get('embedding').delayMs = 0;
    expect(json.missing.length).toBeGreaterThan(0);
    expect([...json.users.map(({ userId }: { userId: string }) => userId), ...json.missing].sort()).toEqual([...users].sort());
    for (const user of json.users) expect(user).toMatchObject({ before: ['item-49', 'item-48', 'item-47'], changes: [] });
    expect((await preview({})).json.missing).toEqual([]);
  });

  it('keeps caps and diversity of the placement that is tried', async () => {
    const { json } = await preview({ caps: [{ group: 'categories', limit: 1, window: 9 }], fill: 'strict' });
    expect(json.users[0].after).toEqual(['item-49']);
  });
});
