import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StoredFallbackList } from '@serendip/serving-adapters';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start({ SERENDIP_REQUESTS_PER_SECOND: '60' }); });
afterAll(() => gateway.close());

const batch = (requests: readonly unknown[], key?: string) => gateway.ask('POST /v1/recommendations:batch', { body: { requests }, ...(key === undefined ? {} : { key }) });
const ids = ({ answer }: { answer: { items: { id: string }[] } }) => answer.items.map(({ id }) => id);

describe('a batch of recommendations', () => {
  it('answers every entry as it would be alone, in order', async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({ userId: `u${i % 3}`, limit: 1 + (i % 4), exclude: [`item-${49 - (i % 5)}`], fields: ['title'] }));
    const { status, json } = await batch(entries, PUBLISHABLE);
    expect([status, json.results.length]).toEqual([200, 20]);
    for (const [i, entry] of entries.entries()) {
      const alone = await gateway.ask('POST /v1/recommendations', { body: entry });
      expect(json.results[i]).toMatchObject({ status: 200, answer: { placement: 'home', degraded: [], items: alone.json.items } });
    }
    expect(new Set(json.results.map(({ answer }: { answer: { recommendationId: string } }) => answer.recommendationId)).size).toBe(20);
  });

  it('refuses a bad entry by itself, with its own problem', async () => {
    const { status, json } = await batch([{ limit: 2 }, { limit: 0 }, { placement: 'nowhere' }, { userId: 'a', anonymousId: 'b' }, 'x', { explain: true }, { limit: 1 }], PUBLISHABLE);
    expect(status).toBe(200);
    expect(json.results.map((result: { status: number; problem?: { reason: string } }) => [result.status, result.problem?.reason])).toEqual([
      [200, undefined], [400, 'REQUEST_INVALID'], [404, 'PLACEMENT_UNKNOWN'], [400, 'WHO_AMBIGUOUS'], [400, 'REQUEST_INVALID'], [403, 'SECRET_KEY_REQUIRED'], [200, undefined],
    ]);
    expect(json.results[1].problem).toMatchObject({ instance: '/v1/recommendations:batch#1', errors: [{ path: 'limit' }], traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect([ids(json.results[0]), ids(json.results[6])]).toEqual([['item-49', 'item-48'], ['item-49']]);
  });

  it('shares its hops, and reads a visitor once', async () => {
    const { featureStore, embedding, ranking } = { featureStore: gateway.backends.get('featureStore'), embedding: gateway.backends.get('embedding'), ranking: gateway.backends.get('ranking') };
    const before = [featureStore.stateReads.length, embedding.calls, ranking.calls];
    await batch(['home', 'item', 'cart', 'home'].map((placement, i) => ({ placement, userId: i < 3 ? 'ann' : 'bob', limit: 3 })));
    expect([embedding.calls, ranking.calls]).toEqual([before[1]! + 1, before[2]! + 1]);
    // Readiness asks for nobody's.
    expect(featureStore.stateReads.slice(before[0]).filter((asked) => asked.length > 0)).toEqual([['ann', 'bob']]);
  });

  it('answers whole lists when the search is slow, and for what there is no time left without it', async () => {
    const entries = Array.from({ length: 60 }, (_, i) => ({ userId: `slow-${i}`, limit: 3 }));
    await gateway.app.get(StoredFallbackList).refresh(['default']);
    gateway.backends.get('embedding').delayMs = 150;
    const { json } = await gateway.ask('POST /v1/recommendations:batch', { body: { requests: entries }, headers: { 'cache-control': 'no-cache' } });
    gateway.backends.get('embedding').delayMs = 0;
    const degraded = json.results.map(({ answer }: { answer: { degraded: { stage: string }[] } }) => answer.degraded.some(({ stage }) => stage === 'candidates'));
    expect([degraded[0], degraded.at(-1)]).toEqual([false, true]);
    for (const result of json.results) expect(ids(result)).toHaveLength(3);
  });

  it.each([[{ requests: [] }], [{ requests: Array.from({ length: 101 }, () => ({})) }], [{}], [[]], [{ requests: [{}], limit: 3 }]])('%j is no batch', async (body) => {
    expect(await gateway.ask('POST /v1/recommendations:batch', { body })).toMatchObject({ status: 400, json: { reason: 'REQUEST_INVALID' } });
  });

  it('costs its key as many requests as it holds', async () => {
    let status = 200;
    let answered = 0;
    for (; answered < 1000 && status === 200; answered += 100) ({ status } = await batch(Array.from({ length: 100 }, () => ({ limit: 1 })), 'pk_shop'));
    expect(status).toBe(429);
    expect((await batch([{}], PUBLISHABLE)).status).toBe(200);
  });
});
