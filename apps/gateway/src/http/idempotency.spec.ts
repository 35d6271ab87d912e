import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Gateway } from '../gateway.fixture.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());

const control = () => gateway.backends.get('control');
beforeEach(() => { control().puts = 0; });

const placement = { sources: [{ name: 'popular', limit: 10 }] };
let next = 0;
const put = (key: string, body: object = placement, route = 'PUT /v1/placements/home') => gateway.ask(route, { body, headers: { 'idempotency-key': key } });

describe('a write with an Idempotency-Key', () => {
  it('is done once, and answered as at first', async () => {
    const first = await put('one');
    const again = await put('"one"');
    expect([first.status, again.status, control().puts]).toEqual([200, 200, 1]);
    expect(again.json).toEqual(first.json);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    await put('two');
    await gateway.ask('PUT /v1/placements/home', { body: placement });
    expect(control().puts).toBe(3);
  });

  it('is refused when the key is another request\'s', async () => {
    await put('three');
    for (const [body, route] of [[{ ...placement, diversity: 0.5 }, undefined], [placement, 'PUT /v1/placements/cart']] as const) {
      expect(await put('three', body, route)).toMatchObject({ status: 422, json: { reason: 'IDEMPOTENCY_KEY_REUSED' } });
    }
    expect(control().puts).toBe(1);
  });

  it('is refused for a moment while the same one is worked on', async () => {
    control().delayMs = 100;
    const both = await Promise.all([put('four'), put('four')]);
    control().delayMs = 0;
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)).toMatchObject({ headers: { 'retry-after': '1' }, json: { reason: 'IDEMPOTENCY_KEY_IN_USE' } });
    expect(control().puts).toBe(1);
  });

  it('may be mended and sent again with its key when it failed', async () => {
    expect((await put('five', {})).status).toBe(400);
    expect((await put('five')).status).toBe(200);
    expect(control().puts).toBe(1);
  });

  it.each([
    ['PUT /v1/rules', { rules: [] }, 200], ['PUT /v1/placements/home/split', { name: 'test', arms: [{ name: 'b', percent: 50 }] }, 200], ['PUT /v1/models/dcn/aliases/champion', { version: 1 }, 200],
    ['POST /v1/training', {}, 202], ['POST /v1/imports', { name: 'old' }, 200], ['PUT /v1/imports/i/batches/1', { events: [{ type: 'view', userId: 'a', itemId: 'b' }] }, 200],
  ])('%s takes one', async (route, body, status) => {
    const key = `route-${next++}`;
    const [first, again] = [await put(key, body, route), await put(key, body, route)];
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([status, status, 'true']);
    expect(again.json).toEqual(first.json);
  });

  it('needs a key that is one, and the right API key first', async () => {
    for (const key of ['', 'a b', 'x'.repeat(129), 'é', '"']) expect(await put(key)).toMatchObject({ status: 400, json: { reason: 'IDEMPOTENCY_KEY_INVALID' } });
    expect((await gateway.ask('PUT /v1/placements/home', { key: 'sk_other', body: placement, headers: { 'idempotency-key': 'six' } })).status).toBe(401);
    expect(control().keys.has('six')).toBe(false);
  });
});
