import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { features } from '@serendip/shared-contracts';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';
import { featureReadAnswer, featuresAnswer, rebuildAnswer } from './features-schema.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());

describe('GET /v1/features', () => {
  it('lists what a ranker can be given', async () => {
    const { status, json } = await gateway.ask('GET /v1/features');
    expect(status).toBe(200);
    expect(json.items).toEqual([{ name: 'click_rate', entity: 'item', computed: 'rate', dtype: 'float32', shape: [], default: 0, meaning: 'clicks a view', timeToLive: { since: 'the item\'s last event' } }]);
    expect(featuresAnswer.parse(json)).toEqual(json);
  });
});

describe('POST /v1/features:read', () => {
  it('answers a value, a status and a time for each feature of each item', async () => {
    const { status, json } = await gateway.ask('POST /v1/features:read', { body: { userId: 'ann', itemIds: ['item-7', 'nothing'], context: { country: 'NO' } } });
    expect(status).toBe(200);
    expect(json.items).toEqual([
      { id: 'item-7', features: [{ name: 'click_rate', value: 7, status: 'PRESENT', newestAt: '1970-01-01T00:00:01.000Z' }] },
      { id: 'nothing', features: [{ name: 'click_rate', value: 0, status: 'NOT_FOUND' }] },
    ]);
    expect(featureReadAnswer.parse(json)).toEqual(json);
  });

  it('is for secret keys, and refuses two persons at once and what is no feature', async () => {
    const body = { userId: 'ann', itemIds: ['item-7'] };
    expect(await gateway.ask('POST /v1/features:read', { key: PUBLISHABLE, body })).toMatchObject({ status: 403 });
    expect(await gateway.ask('POST /v1/features:read', { body: { ...body, anonymousId: 'v' } })).toMatchObject({ status: 400 });
    expect(await gateway.ask('POST /v1/features:read', { body: { ...body, names: ['nonsense'] } })).toMatchObject({ status: 400, json: { reason: 'FEATURE_UNKNOWN' } });
  });
});

describe('rebuilding the state', () => {
  it('is begun and followed', async () => {
    expect(await gateway.ask('POST /v1/features:rebuild')).toMatchObject({ status: 202, json: { status: 'running', applied: 5, total: 10, startedAt: '1970-01-01T00:00:01.000Z' } });
    gateway.backends.get('featureStore').rebuild = { status: features.RebuildStatus.DONE, applied: 10, total: 10, startedAtMs: 1000, endedAtMs: 3000, pausedMs: 12 };
    const done = await gateway.ask('GET /v1/features/rebuild');
    expect(done).toMatchObject({ status: 200, json: { status: 'done', endedAt: '1970-01-01T00:00:03.000Z', pausedMs: 12 } });
    expect(rebuildAnswer.parse(done.json)).toEqual(done.json);
    gateway.backends.get('featureStore').rebuild = { status: features.RebuildStatus.FAILED, startedAtMs: 1000, endedAtMs: 3000, error: 'The disk is full.' };
    expect((await gateway.ask('GET /v1/features/rebuild')).json).toMatchObject({ status: 'failed', error: 'The disk is full.' });
  });

  it('is for secret keys', async () => {
    expect(await gateway.ask('POST /v1/features:rebuild', { key: PUBLISHABLE })).toMatchObject({ status: 403 });
  });
});
