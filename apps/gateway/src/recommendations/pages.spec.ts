import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoredFallbackList } from '@serendip/serving-adapters';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';

let gateway: Gateway;
beforeEach(async () => { gateway = await Gateway.start(); });
afterEach(() => gateway.close());

const page = (body: object, cursor?: string) => gateway.ask('POST /v1/recommendations', { key: PUBLISHABLE, body: { userId: 'ann', limit: 8, ...body, ...(cursor === undefined ? {} : { cursor }) } });
const ids = ({ json }: Awaited<ReturnType<typeof page>>): string[] => json.items.map(({ id }: { id: string }) => id);

async function readAll(between: (pages: number) => unknown = () => undefined) {
  const pages: string[][] = [];
  const ranks: number[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page({}, cursor);
    expect(answer.status).toBe(200);
    pages.push(ids(answer));
    ranks.push(...answer.json.items.map(({ rank }: { rank: number }) => rank));
    cursor = answer.json.nextCursor;
    await between(pages.length);
  } while (cursor !== undefined);
  return { pages, ranks };
}

describe('pages of recommendations', () => {
  it('are one list in pieces, to its end', async () => {
    const whole = await page({ limit: 50 });
    const { pages, ranks } = await readAll();
    expect(pages.flat()).toEqual(ids(whole));
    expect(pages.map(({ length }) => length)).toEqual([8, 8, 8, 8, 8, 8, 2]);
    expect(ranks).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect((await page({ limit: 50 }, whole.json.nextCursor)).json).toMatchObject({ items: [], degraded: [] });
  });

  it('go on without repeats and gaps while services go away', async () => {
    await gateway.app.get(StoredFallbackList).refresh(['default']);
    const steps: Readonly<Record<number, () => Promise<void>>> = {
      1: () => gateway.backends.stop('ranking'), 2: () => gateway.backends.stop('embedding'), 3: () => gateway.backends.stop('featureStore'),
    };
    const { pages } = await readAll((number) => steps[number]?.());
    expect(new Set(pages.flat()).size).toBe(50);
    expect(pages.flat()).toHaveLength(50);
  });

  it('may differ in how they are shown, and in nothing else', async () => {
    const { nextCursor } = (await page({ exclude: ['item-3'] })).json;
    expect(nextCursor.length).toBeLessThan(100);
    const next = await page({ exclude: ['item-3'], limit: 3, fields: ['title'], context: { device: 'tv' }, sessionId: 's2' }, nextCursor);
    expect([next.status, ids(next)]).toEqual([200, ['item-41', 'item-40', 'item-39']]);
    for (const other of [{}, { exclude: ['item-4'] }, { exclude: ['item-3'], userId: 'bob' }, { exclude: ['item-3'], placement: 'cart' }, { exclude: ['item-3'], items: ['item-1'] }]) {
      expect(await page(other, nextCursor)).toMatchObject({ status: 400, json: { reason: 'CURSOR_FOREIGN' } });
    }
    for (const made of ['', 'x', 'é', `${nextCursor}A`, nextCursor.slice(1)]) {
      expect(await page({ exclude: ['item-3'] }, made)).toMatchObject({ status: 400, json: { reason: 'CURSOR_INVALID' } });
    }
    gateway.config.set({ signingKey: new Uint8Array(32) });
    expect(await page({ exclude: ['item-3'] }, nextCursor)).toMatchObject({ status: 400, json: { reason: 'CURSOR_INVALID' } });
  });

  it('can be asked for again with the same cursor, in batches too', async () => {
    const { nextCursor: cursor } = (await page({})).json;
    const again = await gateway.ask('POST /v1/recommendations:batch', { body: { requests: [{ userId: 'ann', limit: 8, cursor }, { userId: 'bob', cursor }, { userId: 'ann', limit: 8, cursor }] } });
    expect(again.json.results.map(({ status, problem }: { status: number; problem?: { reason: string } }) => [status, problem?.reason])).toEqual([[200, undefined], [400, 'CURSOR_FOREIGN'], [200, undefined]]);
    expect(again.json.results[0].answer.items).toEqual(again.json.results[2].answer.items);
    expect(again.json.results[0].answer.items[0]).toMatchObject({ id: 'item-41', rank: 9 });
  });
});
