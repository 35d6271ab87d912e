import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deadLetterIdOf, type Refusal } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { create, events, fromBinary, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Fixture, view } from '../ingestion.fixture.js';

const DAY_MS = 24 * 3_600_000;
const { DeadLetterSource, EventStatus, ReplayStatus } = events;

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start(new InMemoryEventLog());
});
afterEach(() => fixture.close());

const write = (...batch: MessageInitShape<typeof events.EventSchema>[]) => fixture.client.writeEvents({ tenant: 't', events: batch });

const list = (more: MessageInitShape<typeof events.ListDeadLettersRequestSchema> = {}) => fixture.client.listDeadLetters({ tenant: 't', ...more });

/** The dead letters once there are so many: they are kept behind the answers. */
async function kept(count: number): Promise<events.ListDeadLettersResponse> {
  for (let tries = 0; tries < 200; tries++) {
    const page = await list();
    if (page.letters.reduce((sum, letter) => sum + letter.count, 0) >= count) return page;
    await sleep(10);
  }
  throw new Error(`There never were ${count}.`);
}

const encoded = (event: MessageInitShape<typeof events.EventSchema>): Uint8Array => toBinary(events.EventSchema, create(events.EventSchema, event));

const kind = (more: Partial<Refusal> = {}): Refusal => ({ tenant: 't', source: 'ingestion', reason: 'TYPE_INVALID', detail: 'It was refused once.', userId: 'u1', original: new Uint8Array(0), atMs: Date.now(), ...more });

/** Puts an event among the dead letters that was refused under rules of long ago; answers its id. */
async function buried(event: MessageInitShape<typeof events.EventSchema>, more: Partial<Refusal> = {}): Promise<string> {
  const original = encoded(event);
  await fixture.deadLetters.add([kind({ original, ...more })]);
  return deadLetterIdOf('t', original);
}

describe('dead letters', () => {
  it('are what was refused, as it came, with its reason, counted once for each time', async () => {
    const bad = view({ type: 'Bad', eventId: 'e1', userId: 'ann', value: 3 });
    await write(bad, view(), view({ userId: '', eventTimeMs: 5 }));
    await kept(2);
    await write(bad);
    const { letters, totals } = await kept(3);
    expect(totals).toEqual({ TYPE_INVALID: 1, WHO_MISSING: 1 });
    expect(letters[0]).toMatchObject({ source: DeadLetterSource.INGESTION, reason: 'TYPE_INVALID', detail: expect.stringContaining('type must have'), userId: 'ann', count: 2 });
    expect(letters[0]!.original).toHaveLength(0);
    expect(letters[0]!.lastAtMs).toBeGreaterThan(letters[0]!.firstAtMs);
    const { letter } = await fixture.client.getDeadLetter({ tenant: 't', id: letters[0]!.id });
    expect(letter!.original).toEqual(encoded(bad));
    await expect(fixture.client.getDeadLetter({ tenant: 'other', id: letters[0]!.id })).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'DEAD_LETTER_UNKNOWN' });
    expect(await fixture.registry.metrics()).toContain('serendip_dead_letters_total{outcome="kept"} 3');
  });

  it('are the same each time for an event that is too large, whatever the platform had filled in', async () => {
    const properties = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, { value: { case: 'text' as const, value: 'x'.repeat(2_000) } }]));
    await write(view({ properties }));
    await sleep(2);
    await write(view({ properties }));
    const { letters } = await kept(2);
    expect(letters).toMatchObject([{ reason: 'EVENT_TOO_LARGE', count: 2 }]);
    const { letter } = await fixture.client.getDeadLetter({ tenant: 't', id: letters[0]!.id });
    expect(fromBinary(events.EventSchema, letter!.original)).toMatchObject({ eventId: '', eventTimeMs: 0, receivedAtMs: 0 });
  });

  it('come from imports once for each batch that is applied, and from processors', async () => {
    const importId = (await fixture.client.createImport({ tenant: 't', name: 'n' })).import!.id;
    for (let times = 0; times < 2; times++) await fixture.client.writeImportBatch({ tenant: 't', importId, batch: 1, events: [view({ userId: '' })] });
    await fixture.client.forwardEvents({ events: [view({ tenant: 't', eventTimeMs: 5 })] });
    const { letters } = await kept(2);
    expect(letters.map(({ source, reason, count }) => [source, reason, count]).sort()).toEqual([[DeadLetterSource.INGESTION, 'WHO_MISSING', 1], [DeadLetterSource.FEATURE_STORE, 'CAUSE_MISSING', 1]]);
  });

  it('are reported by other services', async () => {
    const original = Buffer.from('{"type":7}');
    const place = { partition: 3, position: 2 ** 41 };
    await fixture.client.reportDeadLetters({ letters: [
      { tenant: 't', source: DeadLetterSource.GATEWAY, reason: 'EVENT_INVALID', detail: 'type: no', userId: 'ann', original },
      { tenant: 't', source: DeadLetterSource.LOG, reason: 'RECORD_UNREADABLE', original: new Uint8Array([255]), place },
    ] });
    await kept(2);
    expect((await list({ userId: 'ann' })).letters).toMatchObject([{ id: deadLetterIdOf('t', original), reason: 'EVENT_INVALID' }]);
    expect((await list({ reason: 'RECORD_UNREADABLE' })).letters).toMatchObject([{ place }]);
    for (const letter of [{ tenant: '', source: DeadLetterSource.LOG, reason: 'A' }, { tenant: 't', source: DeadLetterSource.INGESTION, reason: 'A' }, { tenant: 't', source: DeadLetterSource.LOG }]) {
      await expect(fixture.client.reportDeadLetters({ letters: [letter] })).rejects.toMatchObject({ reason: 'DEAD_LETTER_INVALID' });
    }
  });

  it('change no answer, though their store fails, hangs or is full', async () => {
    fixture.deadLetters.failWith(new DomainError('UNAVAILABLE', 'DEAD_LETTERS_FAILED', 'The disk is full.'));
    const answer = await write(view({ type: 'Bad' }), view());
    expect(answer.results.map(({ status }) => status)).toEqual([EventStatus.REJECTED, EventStatus.ACCEPTED]);
    while (!(await fixture.registry.metrics()).includes('serendip_dead_letters_total{outcome="dropped"} 1')) await sleep(10);
    fixture.deadLetters.failWith(undefined);

    const release = fixture.deadLetters.hold();
    for (let batch = 0; batch < 6; batch++) {
      const { results } = await write(view(), ...Array.from({ length: 499 }, (_, i) => view({ type: 'Bad', value: batch * 1_000 + i })));
      expect(results.filter(({ status }) => status === EventStatus.REJECTED)).toHaveLength(499);
    }
    expect(await fixture.stored()).toHaveLength(7);
    expect(await fixture.registry.metrics()).toMatch(new RegExp(`serendip_dead_letters_total\\{outcome="dropped"\\} ${1 + 6 * 499 - 2_000}\\n`));
    release();
    await write(view({ type: 'Bad', value: -1 }));
    await kept(50);
  });

  it('do not remember what was refused when the log could not take the rest: it comes again', async () => {
    fixture.log.failWith(new DomainError('UNAVAILABLE', 'LOG_FAILED', 'The disk is full.'));
    await expect(write(view({ type: 'Bad' }), view())).rejects.toMatchObject({ reason: 'LOG_FAILED' });
    fixture.log.failWith(undefined);
    await write(view({ type: 'Bad' }), view());
    expect((await kept(1)).letters).toMatchObject([{ count: 1 }]);
  });
});

describe('replay', () => {
  it('appends what is valid by the rules of now, under its own id and time, and removes it', async () => {
    const at = Date.now() - 1_000;
    const named = await buried(view({ eventId: 'e1', eventTimeMs: at, userId: 'ann', tenant: 'forged' }));
    const nameless = await buried(view({ userId: 'bob' }), { atMs: at - 1 });
    const { results } = await fixture.client.replayDeadLetters({ tenant: 't', ids: [nameless, named, 'dl_none', named] });
    expect(results.map(({ id, status }) => [id, status])).toEqual([[nameless, ReplayStatus.APPENDED], [named, ReplayStatus.APPENDED], ['dl_none', ReplayStatus.UNKNOWN]]);
    const stored = await fixture.stored();
    expect(stored.find(({ userId }) => userId === 'ann')).toMatchObject({ eventId: 'e1', eventTimeMs: at, tenant: 't' });
    expect(stored.find(({ userId }) => userId === 'bob')).toMatchObject({ eventId: nameless, eventTimeMs: at - 1 });
    expect((await list()).letters).toEqual([]);
  });

  it('is safe to ask for again when it failed half way: what it appends has the same event id', async () => {
    const id = await buried(view({ userId: 'bob' }));
    const remove = fixture.deadLetters.remove.bind(fixture.deadLetters);
    fixture.deadLetters.remove = async () => { throw new DomainError('UNAVAILABLE', 'DEAD_LETTERS_FAILED', 'The disk is full.'); };
    await expect(fixture.client.replayDeadLetters({ tenant: 't', ids: [id] })).rejects.toMatchObject({ reason: 'DEAD_LETTERS_FAILED' });
    fixture.deadLetters.remove = remove;
    await fixture.client.replayDeadLetters({ tenant: 't', ids: [id] });
    expect((await fixture.stored()).map(({ eventId }) => eventId)).toEqual([id, id]);
  });

  it('keeps what is still refused, and says why', async () => {
    const old = await buried(view({ eventTimeMs: Date.now() - 2 * DAY_MS }));
    const nobody = await buried(view({ userId: '' }));
    const cut = deadLetterIdOf('t', new Uint8Array(70_000));
    await fixture.deadLetters.add([kind({ original: new Uint8Array(70_000) })]);
    const { results } = await fixture.client.replayDeadLetters({ tenant: 't', ids: [old, nobody, cut] });
    expect(results).toMatchObject([{ reason: 'TOO_OLD', detail: expect.any(String) }, { reason: 'WHO_MISSING' }, { reason: 'ORIGINAL_CUT' }].map((result) => ({ status: ReplayStatus.REFUSED, ...result })));
    expect((await list()).letters).toHaveLength(3);
    expect(await fixture.stored()).toEqual([]);
  });

  it('takes no cause from a client, and keeps that of a processor', async () => {
    const cause = { partition: 1, position: 2 };
    await buried(view({ userId: 'client', cause }));
    await buried({ ...view({ userId: 'processor', cause }), tenant: 't', eventTimeMs: 5 }, { source: 'feature-store' });
    await fixture.client.replayDeadLetters({ tenant: 't', reason: 'TYPE_INVALID' });
    const stored = await fixture.stored();
    expect(stored.find(({ userId }) => userId === 'client')!.cause).toBeUndefined();
    expect(stored.find(({ userId }) => userId === 'processor')).toMatchObject({ cause, eventTimeMs: 5 });
  });

  it('gives JSON to the gateway to read, and takes what it has read', async () => {
    const original = Buffer.from('{"type":"view"}');
    await fixture.deadLetters.add([kind({ source: 'gateway', original })]);
    const id = deadLetterIdOf('t', original);
    expect((await fixture.client.replayDeadLetters({ tenant: 't', ids: [id] })).results).toMatchObject([{ id, status: ReplayStatus.UNREAD, original: new Uint8Array(original) }]);
    expect((await fixture.client.replayDeadLetters({ tenant: 't', read: [{ id, event: view({ eventId: 'e9' }) }] })).results).toMatchObject([{ id, status: ReplayStatus.APPENDED }]);
    expect(await fixture.stored()).toMatchObject([{ eventId: 'e9', tenant: 't' }]);
    expect((await list()).letters).toEqual([]);
  });

  it('reads a record again, and brings none to another tenant', async () => {
    const garbage = new Uint8Array([255, 255]);
    await fixture.deadLetters.add([kind({ source: 'log', reason: 'RECORD_UNREADABLE', original: garbage })]);
    const readable = await buried({ ...view({ userId: 'ann' }), tenant: 't', eventId: 'e1' }, { source: 'log' });
    const foreign = await buried({ ...view({ userId: 'bob' }), tenant: 'other' }, { source: 'log' });
    const { results } = await fixture.client.replayDeadLetters({ tenant: 't', ids: [deadLetterIdOf('t', garbage), readable, foreign] });
    expect(results).toMatchObject([{ reason: 'RECORD_UNREADABLE' }, { status: ReplayStatus.APPENDED }, { reason: 'TENANT_OTHER' }]);
    expect(await fixture.stored()).toMatchObject([{ userId: 'ann' }]);
  });

  it('goes through all of a reason, page by page, though some stay', async () => {
    await Promise.all(Array.from({ length: 150 }, (_, i) => buried(view({ userId: i % 3 === 0 ? '' : `u${i}`, value: i }), { atMs: Date.now() - i })));
    await buried(view({ userId: 'other' }), { reason: 'TOO_OLD' });
    let pageToken = '';
    let appended = 0;
    const pages: number[] = [];
    do {
      const answer = await fixture.client.replayDeadLetters({ tenant: 't', reason: 'TYPE_INVALID', pageToken });
      appended += answer.results.filter(({ status }) => status === ReplayStatus.APPENDED).length;
      pages.push(answer.results.length);
      pageToken = answer.nextPageToken;
    } while (pageToken !== '');
    expect([pages, appended, (await fixture.stored()).length]).toEqual([[100, 50], 100, 100]);
    expect((await list()).totals).toEqual({ TYPE_INVALID: 50, TOO_OLD: 1 });
  });

  it('refuses requests that name nothing, or too much', async () => {
    await expect(fixture.client.replayDeadLetters({ tenant: 't' })).rejects.toMatchObject({ reason: 'DEAD_LETTERS_UNNAMED' });
    await expect(fixture.client.replayDeadLetters({ tenant: 't', ids: new Array(101).fill('a') })).rejects.toMatchObject({ reason: 'BATCH_TOO_LARGE' });
    await expect(fixture.client.replayDeadLetters({ tenant: '', reason: 'A' })).rejects.toMatchObject({ reason: 'TENANT_MISSING' });
  });
});

describe('purge', () => {
  it('removes by id, by reason, by user, or all', async () => {
    const id = await buried(view({ userId: 'a' }));
    await buried(view({ userId: 'b' }), { reason: 'TOO_OLD' });
    await buried(view({ userId: 'c' }), { userId: 'c' });
    for (let i = 0; i < 600; i++) await buried(view({ value: i }), { reason: 'MANY' });
    const purge = async (more: MessageInitShape<typeof events.PurgeDeadLettersRequestSchema>) => (await fixture.client.purgeDeadLetters({ tenant: 't', ...more })).purged;
    await expect(purge({})).rejects.toMatchObject({ reason: 'DEAD_LETTERS_UNNAMED' });
    expect(await purge({ ids: [id, 'none'] })).toBe(1);
    expect(await purge({ reason: 'TOO_OLD' })).toBe(1);
    expect(await purge({ userId: 'c' })).toBe(1);
    expect((await list()).totals).toEqual({ MANY: 600 });
    expect(await fixture.client.purgeDeadLetters({ tenant: 'other', all: true })).toMatchObject({ purged: 0 });
    expect(await purge({ all: true })).toBe(600);
    expect((await list()).totals).toEqual({});
  });
});
