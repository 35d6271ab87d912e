import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newTraceId } from '@serendip/platform-grpc';
import { control, create } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Gateway } from './gateway.fixture.js';
import { ServedLog } from './recommendations/served-log.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());

const view = { type: 'view', userId: 'ann', items: [{ itemId: 'item-1' }] };

/** Asks within a trace of the caller's and answers the rpcs that were called in it. */
async function callsOf(route: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const trace = newTraceId();
  const { status } = await gateway.ask(route, { body, headers: { traceparent: `00-${trace}-b7ad6b7169203331-01`, ...headers } });
  expect(status).toBeLessThan(300);
  return gateway.backends.callsOf(trace);
}

describe('the trace of a request', () => {
  const hops = ['readUserStates', 'retrieveCandidates', 'rankCandidates'];
  /** Without the reads of documents, which depend on what was read before. */
  const hopsOf = async (...asked: Parameters<typeof callsOf>) => (await callsOf(...asked)).filter((rpc) => rpc !== 'readItems');

  it('is that of every hop of a recommendation, made or shared', async () => {
    const body = { userId: 'ann', explain: true };
    expect(await callsOf('POST /v1/recommendations', body)).toEqual([...hops, 'readItems', 'explainRows']);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 2000);
    await callsOf('POST /v1/recommendations', body);
    expect((await hopsOf('POST /v1/recommendations', body)).sort()).toEqual(['explainRows', 'readUserStates', 'readVersions', 'readVersions']);
    jest.restoreAllMocks();
  });

  it('is that of every hop of the other lists', async () => {
    expect(await hopsOf('POST /v1/recommendations:batch', { requests: [{ userId: 'bob' }, { userId: 'cat' }] })).toEqual(hops);
    expect(await hopsOf('POST /v1/rank', { itemIds: ['item-3', 'item-4'], userId: 'bob' })).toEqual(hops);
    expect(await hopsOf('GET /v1/popular')).toEqual(['retrieveCandidates']);
    expect(await hopsOf('GET /v1/items/item-1/similar?userId=bob')).toEqual(['readUserStates', 'retrieveCandidates']);
    const calls = await callsOf('POST /v1/placements/home:preview', { placement: { sources: [{ name: 'popular', limit: 50 }] }, users: ['eve'], limit: 3 });
    expect(calls).toEqual(expect.arrayContaining(hops));
  });

  it('is that of the slates that were served', async () => {
    const [home] = gateway.config.current.tenants[0]!.placements;
    gateway.config.set({ placements: [create(control.PlacementSchema, { ...home!, logShare: 1 })] });
    await gateway.app.get(ServedLog).flush();
    const trace = newTraceId();
    await gateway.ask('POST /v1/recommendations', { body: { userId: 'dan' }, headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
    await gateway.app.get(ServedLog).flush();
    expect(gateway.backends.callsOf(trace)).toEqual(expect.arrayContaining([...hops, 'writeEvents']));
  });

  it.each([
    ['POST /v1/events', view, ['writeEvents']],
    ['POST /v1/imports', { name: 'old' }, ['createImport']],
    ['PUT /v1/imports/import-1/batches/1', { events: [view] }, ['writeImportBatch']],
    ['GET /v1/imports/import-1', undefined, ['getImport']],
    ['PUT /v1/items/new', { title: 'New' }, ['writeEvents']],
    ['PATCH /v1/items/new', { title: 'Newer' }, ['writeEvents']],
    ['DELETE /v1/items/new', undefined, ['writeEvents']],
    ['POST /v1/items:batch', { items: [{ id: 'a' }] }, ['writeEvents']],
    ['GET /v1/items/item-1', undefined, ['readItems']],
    ['GET /v1/items', undefined, ['listItems']],
    ['PUT /v1/users/ann', { attributes: { age: 42 } }, ['writeEvents']],
    ['PATCH /v1/users/ann', { attributes: { age: 43 } }, ['writeEvents']],
    ['DELETE /v1/users/ann', undefined, ['writeEvents']],
    ['POST /v1/users:batch', { users: [{ id: 'ann', attributes: {} }] }, ['writeEvents']],
    ['POST /v1/users/ann:merge', { anonymousId: 'visitor' }, ['readUserStates', 'writeEvents']],
    ['GET /v1/users/ann', undefined, ['readUserProfile']],
    ['GET /v1/users/ann/events', undefined, ['listUserEvents']],
    ['PUT /v1/rules', { rules: [] }, ['putRules']],
    ['PUT /v1/placements/item/split', { name: 'halves', arms: [{ name: 'a', percent: 50 }] }, ['putSplit']],
    ['PUT /v1/models/dcn/aliases/champion', { version: 1 }, ['setModelAlias']],
    ['DELETE /v1/models/dcn/aliases/challenger', undefined, ['deleteModelAlias']],
    ['POST /v1/features:read', { userId: 'ann', itemIds: ['item-1'] }, ['readUserStates', 'readFeatures']],
    ['POST /v1/training', {}, ['startTraining']],
    ['GET /v1/training/run-1', undefined, ['watchTraining']],
  ])('is that of the call behind %s', async (route, body, calls) => {
    expect(await callsOf(route, body)).toEqual(calls);
  });

  it('is that of the split that is deleted', async () => {
    gateway.config.set({ splits: [{ name: 'halves', placement: 'home', salt: 's', arms: [] }] });
    expect(await callsOf('DELETE /v1/placements/home/split')).toEqual(['deleteSplit']);
  });

  it('is that of an idempotent write and of what keeps its answer', async () => {
    const body = { sources: [{ name: 'popular', limit: 10 }] };
    expect(await callsOf('PUT /v1/placements/home', body, { 'idempotency-key': 'once' })).toEqual(['reserveIdempotencyKey', 'putPlacement', 'keepIdempotentAnswer']);
    expect(await callsOf('PUT /v1/placements/home', body, { 'idempotency-key': 'once' })).toEqual(['reserveIdempotencyKey']);
  });

  it('is the gateway\'s own where the caller has none, and the problem names it', async () => {
    gateway.backends.get('ingestion').failure = new DomainError('UNAVAILABLE', 'LOG_FULL', 'Full.');
    for (const traceparent of ['', 'x', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `ff-${newTraceId()}-b7ad6b7169203331-01`, `00-${newTraceId()}`]) {
      const { status, json } = await gateway.ask('POST /v1/events', { body: view, headers: { traceparent } });
      expect([status, traceparent.includes(json.traceId)]).toEqual([503, false]);
      expect(gateway.backends.callsOf(json.traceId)).toEqual(['writeEvents']);
    }
    gateway.backends.get('ingestion').failure = undefined;
  });
});
