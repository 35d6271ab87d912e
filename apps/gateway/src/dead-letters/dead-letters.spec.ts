import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { create, events, toBinary } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import type { FakeIngestion } from '../fakes/ingestion.fixture.js';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';

const { DeadLetterSource } = events;

let gateway: Gateway;
let ingestion: FakeIngestion;
beforeAll(async () => {
  gateway = await Gateway.start();
  ingestion = gateway.backends.get('ingestion');
});
afterAll(() => gateway.close());
beforeEach(() => {
  Object.assign(ingestion, { reported: [], deadLetters: [], written: [], failure: undefined });
});

async function reported(count: number): Promise<readonly events.ReportedDeadLetter[]> {
  for (let tries = 0; tries < 200 && ingestion.reported.length < count; tries++) await sleep(10);
  expect(ingestion.reported).toHaveLength(count);
  return ingestion.reported;
}

const valid = { type: 'view', userId: 'ann', itemId: 'item-1' };
const letter = (id: string, original: unknown, more = {}) => ({
  id, source: DeadLetterSource.GATEWAY, reason: 'EVENT_INVALID', detail: 'type: no', count: 2, firstAtMs: 1000, lastAtMs: 2000, original: Buffer.from(JSON.stringify(original)), ...more,
});

describe('what the gateway refuses of a batch', () => {
  it('is reported after the answer, as it came', async () => {
    const bad = { type: 'view', userId: 'ann', itemid: 'item-1', '✓': [1] };
    const answer = await gateway.ask('POST /v1/events', { body: { events: [valid, bad, 7] } });
    expect(answer).toMatchObject({ status: 202, json: { accepted: 1, rejected: [{ index: 1, reason: 'EVENT_INVALID' }, { index: 2 }] } });
    const [first, second] = await reported(2);
    expect(first).toMatchObject({ tenant: 'default', source: DeadLetterSource.GATEWAY, reason: 'EVENT_INVALID', detail: answer.json.rejected[0].detail, userId: 'ann' });
    expect(JSON.parse(Buffer.from(first!.original).toString())).toEqual(bad);
    expect(Buffer.from(second!.original).toString()).toBe('7');
  });

  it('is reported of a batch of which nothing was accepted, and of an import\'s', async () => {
    expect((await gateway.ask('POST /v1/events', { key: PUBLISHABLE, body: { events: [{ type: 3 }, null] } })).status).toBe(422);
    await reported(2);
    expect((await gateway.ask('PUT /v1/imports/import-1/batches/1', { body: { events: [valid, { type: 4 }] } })).status).toBe(200);
    await reported(3);
  });

  it('changes no answer when it can not be reported', async () => {
    ingestion.failure = new DomainError('UNAVAILABLE', 'DEAD_LETTERS_FAILED', 'The disk is full.');
    expect(await gateway.ask('POST /v1/events', { body: { events: [{ type: 3 }] } })).toMatchObject({ status: 422, json: { rejected: [{ index: 0, reason: 'EVENT_INVALID' }] } });
    while (!/serendip_dead_letters_dropped_total 1\n/.test(await gateway.registry.metrics())) await sleep(10);
    expect(gateway.logged).toEqual([]);
  });
});

describe('dead letters', () => {
  it('are listed page by page, by reason and by user, with totals', async () => {
    ingestion.deadLetters = [letter('dl_1', {}), letter('dl_2', {}, { reason: 'TOO_OLD', source: DeadLetterSource.INGESTION, userId: 'ann' }), letter('dl_3', {})];
    const first = await gateway.ask('GET /v1/dead-letters?limit=2');
    expect(first.json).toEqual({
      items: [
        { id: 'dl_1', reason: 'EVENT_INVALID', detail: 'type: no', count: 2, firstAt: '1970-01-01T00:00:01.000Z', lastAt: '1970-01-01T00:00:02.000Z', source: 'gateway' },
        expect.objectContaining({ id: 'dl_2', source: 'ingestion', userId: 'ann' }),
      ],
      totals: { TOO_OLD: 1 }, nextCursor: '2',
    });
    expect((await gateway.ask('GET /v1/dead-letters?limit=2&cursor=2')).json.items).toMatchObject([{ id: 'dl_3' }]);
    expect((await gateway.ask('GET /v1/dead-letters?reason=TOO_OLD')).json.items).toMatchObject([{ id: 'dl_2' }]);
    expect((await gateway.ask('GET /v1/dead-letters?userId=ann')).json.items).toMatchObject([{ id: 'dl_2' }]);
  });

  it('show their originals as readably as they can', async () => {
    const event = toBinary(events.EventSchema, create(events.EventSchema, { type: 'view', userId: 'ann', items: [{ itemId: 'a' }] }));
    ingestion.deadLetters = [
      letter('dl_json', { type: 3 }), letter('dl_cut', 'x', { original: Buffer.from('{"type"'), cut: true }), letter('dl_event', 0, { source: DeadLetterSource.INGESTION, original: event }),
      letter('dl_record', 0, { source: DeadLetterSource.LOG, original: Buffer.from([255]), place: { partition: 3, position: 2 ** 41 } }),
    ];
    const read = async (id: string) => (await gateway.ask(`GET /v1/dead-letters/${id}`)).json;
    expect(await read('dl_json')).toMatchObject({ original: { type: 3 }, originalFormat: 'json', isCut: false, count: 2 });
    expect(await read('dl_cut')).toMatchObject({ original: '{"type"', originalFormat: 'text', isCut: true });
    expect(await read('dl_event')).toMatchObject({ original: { type: 'view', userId: 'ann', items: [{ itemId: 'a' }] }, originalFormat: 'json' });
    expect(await read('dl_record')).toMatchObject({ original: '/w==', originalFormat: 'base64', source: 'log', place: { partition: 3, position: 2 ** 41 } });
    expect(await gateway.ask('GET /v1/dead-letters/dl_none')).toMatchObject({ status: 404, json: { reason: 'DEAD_LETTER_UNKNOWN' } });
  });

  it('are replayed by id: what the schema refused is read by today\'s', async () => {
    ingestion.deadLetters = [
      letter('dl_now', { ...valid, eventId: 'e1' }), letter('dl_still', { type: 3 }), letter('dl_event', 0, { source: DeadLetterSource.INGESTION }), letter('dl_old', 0, { reason: 'TOO_OLD' }),
    ];
    const answer = await gateway.ask('POST /v1/dead-letters:replay', { body: { ids: ['dl_event', 'dl_still', 'dl_none', 'dl_now', 'dl_old'] } });
    expect(answer).toMatchObject({ status: 200, json: { replayed: 2, refused: 2, unknown: 1 } });
    expect(answer.json.results).toEqual([
      { id: 'dl_event', outcome: 'replayed' }, { id: 'dl_still', outcome: 'refused', reason: 'EVENT_INVALID', detail: expect.stringContaining('type') }, { id: 'dl_none', outcome: 'unknown' },
      { id: 'dl_now', outcome: 'replayed' }, { id: 'dl_old', outcome: 'refused', reason: 'TOO_OLD', detail: 'It is older than 24 hours.' },
    ]);
    expect(ingestion.written).toMatchObject([{ eventId: 'e1', userId: 'ann' }]);
  });

  it('are replayed by reason, all of them', async () => {
    ingestion.deadLetters = Array.from({ length: 250 }, (_, i) => letter(`dl_${i}`, { ...valid, eventId: `e${i}` }));
    expect((await gateway.ask('POST /v1/dead-letters:replay', { body: { reason: 'EVENT_INVALID' } })).json).toMatchObject({ replayed: 250, refused: 0 });
    expect(ingestion.written).toHaveLength(250);
  });

  it('are purged by id, by reason or all, and never by accident', async () => {
    ingestion.deadLetters = [letter('dl_1', {}), letter('dl_2', {}, { reason: 'TOO_OLD' })];
    const purge = (body: unknown) => gateway.ask('POST /v1/dead-letters:purge', { body });
    expect((await purge({ ids: ['dl_1', 'dl_none'] })).json).toEqual({ purged: 1 });
    expect((await purge({ reason: 'TOO_OLD' })).json).toEqual({ purged: 1 });
    expect((await purge({ all: true })).json).toEqual({ purged: 2 });
    for (const body of [{}, { all: false }, { ids: [] }, { ids: ['a'], all: true }, [], null]) expect(await purge(body)).toMatchObject({ status: 400, json: { reason: 'REQUEST_INVALID' } });
    expect((await purge({})).json.detail).toBe('Name either `ids`, 1 to 500, or a `reason`, or a `userId`, or say `"all": true`.');
  });

  it('are for secret keys', async () => {
    for (const route of ['GET /v1/dead-letters', 'GET /v1/dead-letters/dl_1', 'POST /v1/dead-letters:replay', 'POST /v1/dead-letters:purge']) {
      expect(await gateway.ask(route, { key: PUBLISHABLE, ...(route.startsWith('POST') ? { body: { reason: 'A' } } : {}) })).toMatchObject({ status: 403, json: { reason: 'SECRET_KEY_REQUIRED' } });
    }
  });
});
