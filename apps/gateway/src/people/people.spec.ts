import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { events } from '@serendip/shared-contracts';
import { Gateway, PUBLISHABLE } from '../gateway.fixture.js';
import { certificate, personExport } from './people-schema.js';

let gateway: Gateway;
beforeAll(async () => { gateway = await Gateway.start(); });
afterAll(() => gateway.close());
beforeEach(() => {
  const letter = (id: string, userId: string) => ({ id, userId, source: events.DeadLetterSource.GATEWAY, reason: 'EVENT_INVALID', detail: 'type: no', count: 1, firstAtMs: 1000, lastAtMs: 2000, original: Buffer.from(JSON.stringify({ userId })) });
  gateway.backends.get('ingestion').deadLetters = [letter('dl_1', 'ann'), letter('dl_2', 'bob'), letter('dl_3', 'v1'), letter('dl_4', 'a:b')];
});

describe('POST /v1/users/{id}:export', () => {
  it('answers person, state, all events and dead letters', async () => {
    const { status, json } = await gateway.ask('POST /v1/users/ann:export');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      person: { userId: 'ann', anonymousIds: ['v1'] },
      state: { firstTime: '1970-01-01T00:00:01.000Z', session: { events: 2 }, counters: { view: 1 }, interactions: [{ type: 'view', itemId: 'item-1' }, { type: 'rating', value: 4 }] },
      events: [{ type: 'view', userId: 'ann' }, { type: 'click' }],
      deadLetters: [{ id: 'dl_1', original: { userId: 'ann' } }, { id: 'dl_3' }],
    });
    expect(personExport.parse(json)).toEqual(json);
  });
});

describe('POST /v1/users/{id}:erase', () => {
  it('answers a certificate of what is gone, what is hidden until when, and what still counts the person', async () => {
    const { status, json } = await gateway.ask('POST /v1/users/ann:erase');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      person: { userId: 'ann', anonymousIds: ['v1'] },
      erased: { states: 2, interactions: 5, profiles: 1, deadLetters: 2, archivedRecords: 4, archiveFiles: 3 },
      hidden: { logRecords: 11, newestAt: '1970-01-01T00:00:02.000Z', until: [{ partition: 3, position: 7 }, { partition: 4, position: 8 }] },
    });
    expect(certificate.parse(json)).toEqual(json);
  });

  it('does not fail for an archive that can not be written now, and says so', async () => {
    const trainer = gateway.backends.get('trainer');
    trainer.erased = undefined;
    const { status, json } = await gateway.ask('POST /v1/users/ann:erase');
    trainer.erased = { records: 0, files: 0 };
    expect(status).toBe(200);
    expect(json.erased.archivedRecords).toBeUndefined();
    expect(json.remains[0]).toMatch(/^archive and exports: /);
    expect(certificate.parse(json)).toEqual(json);
  });

  it('takes any id, and an anonymous one', async () => {
    expect((await gateway.ask('POST /v1/users/a:b:erase')).json).toMatchObject({ person: { userId: 'a:b' }, erased: { deadLetters: 2 } });
    const { json } = await gateway.ask('POST /v1/anonymous/v1:erase');
    expect(json).toMatchObject({ person: { anonymousIds: ['v1'] }, erased: { states: 1, deadLetters: 1 } });
    expect(json.person.userId).toBeUndefined();
    expect((await gateway.ask('POST /v1/anonymous/v1:export')).json.person).toEqual({ anonymousIds: ['v1'] });
  });

  it('is for secret keys', async () => {
    for (const route of ['POST /v1/users/ann:erase', 'POST /v1/users/ann:export', 'POST /v1/anonymous/v1:erase']) {
      expect(await gateway.ask(route, { key: PUBLISHABLE })).toMatchObject({ status: 403, json: { reason: 'SECRET_KEY_REQUIRED' } });
    }
  });
});

describe('dead letters of a user', () => {
  it('are purged by the user\'s id', async () => {
    expect((await gateway.ask('POST /v1/dead-letters:purge', { body: { userId: 'bob' } })).json).toEqual({ purged: 1 });
  });
});
