import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyAttribution } from '@serendip/serving-domain';
import { StoredFallbackList } from '@serendip/serving-adapters';
import { control, create, type events } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { float32sOf, int32sOf } from '@serendip/shared-layouts';
import { Gateway, SIGNING_KEY } from './gateway.fixture.js';
import { ServedLog } from './recommendations/served-log.js';

let gateway: Gateway;
beforeEach(async () => { gateway = await Gateway.start({ SERENDIP_REQUESTS_PER_SECOND: '20' }); });
afterEach(() => gateway.close());

const recommend = (more = '') => gateway.ask(`GET /v1/recommendations?userId=ann&limit=5&fields=title${more}`);
const ids = ({ json }: Awaited<ReturnType<typeof recommend>>): string[] => json.items.map(({ id }: { id: string }) => id);
const stages = ({ json }: Awaited<ReturnType<typeof recommend>>): string[] => json.degraded.map(({ stage }: { stage: string }) => stage);

describe('a gateway whose services go away', () => {
  it('answers full lists without ranking, and says so', async () => {
    await gateway.backends.stop('ranking');
    const answer = await recommend();
    expect([answer.status, ids(answer), stages(answer)]).toEqual([200, ['item-0', 'item-1', 'item-2', 'item-3', 'item-4'], ['ranking']]);
    expect(answer.json.models).toEqual({ retriever: 'cf@1' });
  });

  it('answers full lists from old documents without the feature store', async () => {
    await recommend();
    await gateway.backends.stop('featureStore');
    const answer = await recommend();
    expect([answer.status, ids(answer).length, stages(answer)]).toEqual([200, 5, ['user-state']]);
    expect(answer.json.items[0].fields).toEqual({ title: 'Item 49' });
  });

  it('answers with ids alone when the feature store was never there', async () => {
    await gateway.backends.stop('featureStore');
    const answer = await recommend();
    expect([answer.status, ids(answer), stages(answer)]).toEqual([200, ['item-49', 'item-48', 'item-47', 'item-46', 'item-45'], expect.arrayContaining(['user-state', 'documents'])]);
  });

  it('answers full lists with everything gone, from the list it kept', async () => {
    await gateway.app.get(StoredFallbackList).refresh(['default']);
    await gateway.backends.stop();
    const answer = await recommend('&exclude=item-1');
    expect([answer.status, ids(answer)]).toEqual([200, ['item-0', 'item-2', 'item-3', 'item-4', 'item-5']]);
    expect(answer.json.items[0].source).toBe('fallback');
    expect(stages(answer)).toEqual(expect.arrayContaining(['user-state', 'candidates', 'ranking']));
  });

  it('says that a user state is too old', async () => {
    gateway.backends.get('featureStore').ageMs = 5000;
    expect((await recommend()).json.degraded).toEqual([{ stage: 'user-state', reason: 'USER_STATE_STALE' }]);
  });

  it('refuses writes with 503 and when to come back', async () => {
    await gateway.backends.stop('ingestion', 'control');
    for (const [route, body] of [['POST /v1/events', { type: 'view', userId: 'ann' }], ['PUT /v1/items/a', {}], ['POST /v1/imports', { name: 'old' }], ['PUT /v1/models/dcn/aliases/x', { version: 1 }]] as const) {
      const { status, headers, json } = await gateway.ask(route, { body });
      expect([route, status, headers['retry-after'], headers['content-type']]).toEqual([route, 503, '1', 'application/problem+json; charset=utf-8']);
      expect(json.detail).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    }
  });

  it('says 503 too when a write is not known to be durable in time', async () => {
    gateway.backends.get('ingestion').failure = new DomainError('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'Too late.');
    expect(await gateway.ask('POST /v1/events', { body: { type: 'view', userId: 'ann' } })).toMatchObject({ status: 503, json: { reason: 'NOT_DURABLE_IN_TIME' } });
  });

  it('tells nothing of what went wrong inside, but logs it', async () => {
    gateway.backends.get('ingestion').failure = new Error('secret path');
    const { status, text, json } = await gateway.ask('POST /v1/events', { body: { type: 'view', userId: 'ann' } });
    expect([status, json.reason, text.includes('secret')]).toEqual([500, 'INTERNAL', false]);
    expect(gateway.logged).toEqual([expect.objectContaining({ traceId: json.traceId, msg: 'request failed' })]);
  });
});

describe('limits', () => {
  it('answers 429 with when to come back, for one key and not for another', async () => {
    let last = await gateway.ask('GET /v1/models');
    expect(last.headers['ratelimit']).toMatch(/^limit=20, remaining=\d+, reset=0$/);
    for (let i = 0; i < 100 && last.status === 200; i++) last = await gateway.ask('GET /v1/models');
    expect(last).toMatchObject({ status: 429, headers: { 'retry-after': '1', ratelimit: 'limit=20, remaining=0, reset=1' }, json: { reason: 'RATE_LIMITED' } });
    expect((await gateway.ask('GET /v1/popular', { key: 'pk_test' })).status).toBe(200);
  });
});

describe('what an answer leaves behind', () => {
  const split = [{ name: 'rankers', placement: 'home', salt: 's', arms: [{ name: 'old', percent: 100, ranker: 'dcn@1' }] }];

  it('is a token that says what was served, signed by the tenant', async () => {
    gateway.config.set({ splits: split });
    const { json } = await recommend();
    expect(json.experiments).toEqual([{ experiment: 'rankers', arm: 'old' }]);
    expect(verifyAttribution(json.attributionToken, SIGNING_KEY)).toMatchObject({ recommendationId: json.recommendationId, placement: 'home', retriever: 'cf@1', ranker: 'dcn@1', arms: json.experiments });
    expect(verifyAttribution(json.attributionToken, new Uint8Array(32))).toBeUndefined();
  });

  it('is the slate in the log, with its features, unless it was a dry run or nobody\'s', async () => {
    gateway.config.set({ splits: split });
    await gateway.ask('GET /v1/recommendations?limit=3');
    await recommend('&dryRun=true');
    const { json } = await recommend();
    await gateway.app.get(ServedLog).flush();
    const slates = gateway.backends.get('ingestion').written.filter(({ type }) => type === '$served');
    expect(slates).toHaveLength(1);
    expect(slates[0]).toMatchObject({ userId: 'ann', placement: 'home', payload: { value: { recommendationId: json.recommendationId, ranker: 'dcn@1', arms: ['rankers=old'], featureNames: ['price_fit'] } } });
    expect(slates[0]!.payload).toMatchObject({ value: { items: json.items.map(({ id }: { id: string }) => expect.objectContaining({ itemId: id, propensity: 1 })) } });
  });

  it('has in the log the very rows that are explained', async () => {
    const [home] = gateway.config.current.tenants[0]!.placements;
    gateway.config.set({ placements: [{ ...home!, logShare: 1, rules: [create(control.RuleSchema, { name: 'worst', pin: { expression: `item.id == 'item-3'`, slot: 2 } })] }] });
    const { json } = await recommend('&explain=true');
    await gateway.app.get(ServedLog).flush();
    const { payload } = gateway.backends.get('ingestion').written.findLast(({ type }) => type === '$served')!;
    const served = payload.value as events.Served;
    const values = float32sOf(served.features);
    const rows = new Map(Array.from(int32sOf(served.featureOrdinals), (ordinal, row) => [
      `item-${ordinal}`, served.featureNames.map((name, i) => [name, values[row * served.featureNames.length + i]]),
    ]));
    expect(rows.size).toBe(30);
    expect(ids({ json } as Awaited<ReturnType<typeof recommend>>)).toEqual(['item-49', 'item-3', 'item-48', 'item-47', 'item-46']);
    for (const { id, explain } of json.items) expect(explain.features.map(({ name, value }: { name: string; value: number }) => [name, value])).toEqual(rows.get(id));
  });

  it('follows a new configuration at once', async () => {
    gateway.config.set({ keys: [] });
    expect((await recommend()).status).toBe(401);
  });
});
