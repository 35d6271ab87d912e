import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';
import { ServedLog } from './served-log.js';

let gateway: Gateway;
const start = async (environment = {}) => {
  gateway = await Gateway.start(environment);
  // One tick for the whole test.
  jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_500);
};
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.close();
});

const ask = (body: object = {}, headers: Record<string, string> = {}) => gateway.ask('POST /v1/recommendations', { body: { userId: 'ann', limit: 4, explain: true, ...body }, headers });

function hops() {
  const [featureStore, embedding, ranking] = [gateway.backends.get('featureStore'), gateway.backends.get('embedding'), gateway.backends.get('ranking')];
  return { states: featureStore.stateReads.filter((read) => read.includes('ann')).length, candidates: embedding.calls, scores: ranking.calls, versions: embedding.versionReads + ranking.versionReads };
}

describe('the answer cache', () => {
  beforeEach(() => start());

  it('costs a request that nobody made before nothing, and one that was made three small hops side by side', async () => {
    expect((await ask()).json.cache).toBe('miss');
    expect(hops()).toEqual({ states: 1, candidates: 1, scores: 1, versions: 0 });
    expect((await ask()).json.cache).toBe('hit');
    expect(hops()).toEqual({ states: 2, candidates: 1, scores: 1, versions: 2 });
  });

  it('gives each answer an id, a token, a time and a place in the log of its own', async () => {
    gateway.config.set({ splits: [{ name: 'rankers', placement: 'home', salt: 's', arms: [{ name: 'all', percent: 100 }] }] });
    const [first, second] = [await ask(), await ask()];
    expect([first.json.cache, second.json.cache]).toEqual(['miss', 'hit']);
    expect(second.json.items).toEqual(first.json.items);
    for (const name of ['recommendationId', 'attributionToken', 'tookMs']) expect(second.json[name]).not.toEqual(first.json[name]);
    await gateway.app.get(ServedLog).flush();
    const slates = gateway.backends.get('ingestion').written.filter(({ type }) => type === '$served');
    expect(slates.map(({ payload }) => (payload.value as { recommendationId: string }).recommendationId)).toEqual([first.json.recommendationId, second.json.recommendationId]);
    expect(slates[1]!.payload).toMatchObject({ value: { featureNames: ['price_fit'] } });
  });

  it('makes a new one when anything it is made from has changed', async () => {
    await ask();
    const changes = [
      () => { gateway.backends.get('embedding').version = 'candidates@2'; }, () => { gateway.backends.get('ranking').version = 'ranking@2'; },
      () => gateway.config.set({}), () => { jest.spyOn(Date, 'now').mockReturnValue(1_800_000_001_000); },
    ];
    for (const change of changes) {
      change();
      expect((await ask()).json.cache).toBe('miss');
      expect((await ask()).json.cache).toBe('hit');
    }
    expect((await ask()).json.madeFrom).toEqual({ nowMs: 1_800_000_001_000, config: 2, userState: '', candidates: 'candidates@2', ranking: 'ranking@2' });
  });

  it('is passed by on the word of a secret key only, and tells nobody else', async () => {
    await ask();
    for (const value of ['no-cache', 'max-age=0, no-store']) expect((await ask({}, { 'cache-control': value })).json.cache).toBe('off');
    expect((await ask({}, { 'cache-control': 'max-age=0' })).json.cache).toBe('hit');
    const before = hops().candidates;
    for (let i = 0; i < 3; i++) {
      const { json } = await gateway.ask('POST /v1/recommendations', { key: PUBLISHABLE, body: { userId: 'ann' }, headers: { 'cache-control': 'no-cache' } });
      expect([json.cache, json.madeFrom]).toEqual([undefined, undefined]);
    }
    expect(hops().candidates).toBe(before + 1);
  });

  it('shares what is being made', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask()));
    expect(answers.map(({ json }) => json.cache).sort()).toEqual(['miss', 'shared', 'shared', 'shared']);
    expect(hops().candidates).toBe(1);
  });

  it('has no word while services are away', async () => {
    await ask();
    await gateway.backends.stop('ranking');
    for (let i = 0; i < 2; i++) expect((await ask()).json).toMatchObject({ cache: 'miss', degraded: [{ stage: 'ranking' }] });
  });
});

describe('without an answer cache', () => {
  it('every answer is made', async () => {
    await start({ SERENDIP_ANSWER_CACHE: '0' });
    for (let i = 0; i < 2; i++) expect((await ask()).json.cache).toBe('off');
    expect(hops()).toEqual({ states: 2, candidates: 2, scores: 2, versions: 0 });
  });
});
