import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { partitionOfEvent } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { DomainError } from '@serendip/shared-errors';
import { events, fromBinary } from '@serendip/shared-contracts';
import { float64sOf, int32sOf } from '@serendip/shared-layouts';
import { Fixture, view } from './ingestion.fixture.js';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await Fixture.start(new InMemoryEventLog(), { events: 600, bytes: 200_000 });
});
afterEach(() => fixture.close());

const write = (batch: Parameters<typeof view>[0][], timeoutMs = 5_000) => fixture.client.writeEvents({ tenant: 't', events: batch.map((event) => view(event)) }, { timeoutMs });

describe('WriteEvents', () => {
  it('acknowledges durable events, completed by what the platform knows', async () => {
    const before = Date.now();
    const { results } = await write([{ eventId: 'own', eventTimeMs: before - 1_000, tenant: 'forged', receivedAtMs: 1, importPosition: { importId: 'x', batch: 1, index: 1 } }, { value: 2 }]);
    expect(results.map(({ status }) => status)).toEqual([events.EventStatus.ACCEPTED, events.EventStatus.ACCEPTED]);
    const [own, other] = await fixture.stored();
    expect(own).toMatchObject({ eventId: 'own', eventTimeMs: before - 1_000, tenant: 't', schemaVersion: 1 });
    expect(own!.importPosition).toBeUndefined();
    expect(own!.receivedAtMs).toBeGreaterThanOrEqual(before);
    expect(other).toMatchObject({ value: 2, eventTimeMs: other!.receivedAtMs });
    expect(other!.eventId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says how durable they are: what the log says', async () => {
    const answers: events.Durability[] = [];
    for (const durability of ['process', 'disk', 'replicated'] as const) {
      fixture.log.durability = durability;
      answers.push((await write([{}])).durability);
    }
    expect(answers).toEqual([events.Durability.PROCESS, events.Durability.DISK, events.Durability.REPLICATED]);
  });

  it('puts each event into the partition of whom it is about, in order', async () => {
    await write(Array.from({ length: 100 }, (_, i) => ({ userId: `u${i % 10}`, value: i })));
    for (let user = 0; user < 10; user++) {
      const partition = partitionOfEvent({ tenant: 't', userId: `u${user}`, anonymousId: '', payload: { case: undefined } });
      const mine = (await fixture.log.read(partition, 0, 1_000)).length;
      expect(mine).toBeGreaterThanOrEqual(10);
    }
    const of = (await fixture.stored()).filter(({ userId }) => userId === 'u3').map(({ value }) => value);
    expect(of).toEqual(Array.from({ length: 10 }, (_, i) => 3 + 10 * i));
  });

  it('says where each accepted event stands, when it is asked', async () => {
    const batch = [view({ userId: 'a' }), view({ userId: '' }), view({ userId: 'b' }), view({ userId: 'a' })];
    const { partitions, positions } = await fixture.client.writeEvents({ tenant: 't', events: batch, places: true }, { timeoutMs: 5_000 });
    const [partitionOfA, partitionOfB] = ['a', 'b'].map((userId) => partitionOfEvent({ tenant: 't', userId, anonymousId: '', payload: { case: undefined } }));
    expect([...int32sOf(partitions)]).toEqual([partitionOfA, partitionOfB, partitionOfA]);
    const stored = await Promise.all([...int32sOf(partitions)].map(async (partition, i) => (await fixture.log.read(partition, float64sOf(positions)[i]!, 1))[0]));
    expect(stored.map((record) => fromBinary(events.EventSchema, record!.bytes).userId)).toEqual(['a', 'b', 'a']);
    expect((await write([{}])).positions).toHaveLength(0);
  });

  it('keeps valid events when others are rejected, with a result for each in order', async () => {
    const { results } = await write([{}, { userId: '' }, { type: 'Bad' }, { eventTimeMs: Date.now() - 25 * 3_600_000 }, { type: 'like' }]);
    expect(results.map(({ reason }) => reason)).toEqual(['', 'WHO_MISSING', 'TYPE_INVALID', 'TOO_OLD', '']);
    expect(results.map(({ status }) => status)).toEqual([1, 2, 2, 2, 1]);
    expect((await fixture.stored()).map(({ type }) => type).sort()).toEqual(['like', 'view']);
    const metrics = await fixture.registry.metrics();
    expect(metrics).toContain('serendip_events_total{outcome="accepted",reason=""} 2');
    expect(metrics).toContain('serendip_events_total{outcome="rejected",reason="TOO_OLD"} 1');
  });

  it('rejects an event that is too large when encoded', async () => {
    const text = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, { value: { case: 'text' as const, value: 'x'.repeat(2_000) } }]));
    const { results } = await write([{ properties: text(17) }, { properties: text(15) }]);
    expect(results.map(({ reason }) => reason)).toEqual(['EVENT_TOO_LARGE', '']);
  });

  it('takes changes of items and users, and slates', async () => {
    const { results } = await fixture.client.writeEvents({
      tenant: 't',
      events: [
        { type: '$item', payload: { case: 'itemChange', value: { kind: events.ChangeKind.PUT, item: { id: 'i1', title: 'Lamp' } } } },
        { type: '$user', userId: 'u1', payload: { case: 'userChange', value: { kind: events.ChangeKind.DELETE } } },
        { type: '$served', anonymousId: 'a1', payload: { case: 'served', value: { recommendationId: 'r1', items: [{ itemId: 'i1' }] } } },
        { type: '$item' },
      ],
    });
    expect(results.map(({ reason }) => reason)).toEqual(['', '', '', 'TYPE_RESERVED']);
  });

  it('appends what processors forward as it is, and takes no cause from anybody else', async () => {
    const cause = { partition: 3, position: 7 };
    const { results } = await fixture.client.forwardEvents({
      events: [
        { tenant: 't', type: 'view', userId: 'u1', items: [{ itemId: 'i1' }], eventId: 'old', eventTimeMs: 5, receivedAtMs: 6, cause },
        { tenant: 't', type: '$merge', userId: 'u1', eventTimeMs: 5, receivedAtMs: 6, cause, payload: { case: 'merge', value: { anonymousId: 'a1', state: new Uint8Array(90_000) } } },
        { tenant: 't', type: 'view', userId: 'u1', eventTimeMs: 5 }, { tenant: 't', type: 'view', anonymousId: 'a1', cause }, { tenant: 't', type: '$user', userId: 'u1', cause },
      ],
    });
    expect(results.map(({ reason }) => reason)).toEqual(['', '', 'CAUSE_MISSING', 'WHO_MISSING', 'TYPE_RESERVED']);
    const [view, merge] = await fixture.stored();
    expect(view).toMatchObject({ eventId: 'old', eventTimeMs: 5, receivedAtMs: 6, cause });
    expect(merge).toMatchObject({ type: '$merge', cause });
    const written = await fixture.client.writeEvents({ tenant: 't', events: [
      { type: 'view', userId: 'u2', items: [{ itemId: 'i1' }], cause },
      { type: '$identify', anonymousId: 'a1', payload: { case: 'identify', value: { userId: 'u1' } } },
      { type: '$identify', userId: 'u2', payload: { case: 'identify', value: { userId: 'u1' } } },
      { type: '$identify', anonymousId: 'a1', payload: { case: 'identify', value: { userId: '' } } },
      { type: '$merge', userId: 'u1', payload: { case: 'merge', value: { anonymousId: 'a1' } } },
    ] });
    expect(written.results.map(({ reason }) => reason)).toEqual(['', '', 'WHO_MISSING', 'USER_ID_INVALID', 'TYPE_RESERVED']);
    expect((await fixture.stored()).find(({ userId }) => userId === 'u2')?.cause).toBeUndefined();
  });

  it('refuses requests without a tenant or with too many events', async () => {
    await expect(fixture.client.writeEvents({ events: [view()] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'TENANT_MISSING' });
    await expect(write(new Array(501).fill({}))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'BATCH_TOO_LARGE' });
  });

  it('answers UNAVAILABLE before the deadline when the log is slow, and appends all the same', async () => {
    const release = fixture.log.hold();
    await expect(write([{}], 300)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_SLOW' });
    expect(fixture.buffer.size.events).toBe(1);
    release();
    await write([{}]);
    expect(await fixture.stored()).toHaveLength(2);
    expect(fixture.buffer.size).toEqual({ events: 0, bytes: 0 });
  });

  it('tells callers to come back when too much waits for the log', async () => {
    const release = fixture.log.hold();
    const first = write(new Array(400).fill({}));
    const overloaded = { code: 'RESOURCE_EXHAUSTED', reason: 'OVERLOADED', metadata: { retryAfterMs: '500' } };
    while (fixture.buffer.size.events < 400) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(write(new Array(201).fill({}))).rejects.toMatchObject(overloaded);
    await expect(write(new Array(150).fill({ sessionId: 's'.repeat(250), attributionToken: 'a'.repeat(4_000) }))).rejects.toMatchObject(overloaded);
    release();
    expect((await first).results).toHaveLength(400);
    await write(new Array(201).fill({}));
  });

  it('says that the log failed, in the answer and in its readiness', async () => {
    expect(fixture.buffer.status().ready).toBe(true);
    fixture.log.failWith(new DomainError('UNAVAILABLE', 'LOG_FAILED', 'The disk is full.'));
    await expect(write([{}])).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'LOG_FAILED' });
    expect(fixture.buffer.status()).toMatchObject({ name: 'log', ready: false });
    fixture.log.failWith(undefined);
    await write([{}]);
    expect(fixture.buffer.status().ready).toBe(true);
  });
});
