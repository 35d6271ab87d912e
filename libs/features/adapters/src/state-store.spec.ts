import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MemoryStateStore, PartitionApplier, StatisticsRollup, type PositionedEvent, type StateStore } from '@serendip/features-domain';
import { create, events, fromBinary } from '@serendip/shared-contracts';
import { itemEntity, partitionOf, partitionOfOrdinal, userEntity, hash64 } from '@serendip/shared-identity';
import { HALF_LIVES_MS, UserStateView, decayedValue, eventTypeCode, eventTypeMask, statisticColumn } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { LmdbStateStore, MessageDocuments } from './index.js';

const NOW = 1_790_000_000_000;
const PARTITION = 7;
const documents = new MessageDocuments();

/** A user whose partition is the one under test. */
const user = Array.from({ length: 10_000 }, (_, i) => `user-${i}`).find((id) => partitionOf('shop', userEntity(id)) === PARTITION)!;
const item = Array.from({ length: 10_000 }, (_, i) => `item-${i}`).find((id) => partitionOf('shop', itemEntity(id)) === PARTITION)!;

let place = 0;
const at = (fields: Parameters<typeof create<typeof events.EventSchema>>[1], position = ++place): PositionedEvent => ({
  position, event: create(events.EventSchema, { tenant: 'shop', eventTimeMs: NOW, receivedAtMs: NOW, ...fields }),
});
const click = (itemId: string, more: Parameters<typeof create<typeof events.EventSchema>>[1] = {}) => at({ type: 'click', userId: user, items: [{ itemId }], ...more });
const put = (fields: object, kind = events.ChangeKind.PUT, patched: string[] = []) => at({
  type: '$item', items: [{ itemId: item }], payload: { case: 'itemChange', value: create(events.ItemChangeSchema, { kind, item: { id: item, ...fields }, fields: patched }) },
});

const folders: string[] = [];
const opened: StateStore[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function engines(): Record<string, () => StateStore> {
  return {
    memory: () => new MemoryStateStore(),
    lmdb: () => {
      folders.push(mkdtempSync(join(tmpdir(), 'state-')));
      const store = new LmdbStateStore(folders.at(-1)!);
      opened.push(store);
      return store;
    },
  };
}

/** Applies events in batches of these sizes. */
async function apply(store: StateStore, batch: readonly PositionedEvent[], cuts: readonly number[] = [batch.length], dedupe = true): Promise<number> {
  const applier = new PartitionApplier(PARTITION, { store: store.partitions, documents, dedupe });
  let { cursor } = await store.partitions.head(PARTITION);
  let applied = 0;
  for (let from = 0, i = 0; from < batch.length; i++) {
    const part = batch.slice(from, from + Math.max(1, cuts[i % cuts.length] ?? 1));
    const end = part.at(-1)!.position + 1;
    applied += (await applier.apply(part, { cursor, end })).applied;
    cursor = end;
    from += part.length;
  }
  return applied;
}

const stateOf = async (store: StateStore, id = user): Promise<UserStateView> =>
  new UserStateView((await store.reader.users([{ tenant: 'shop', entity: userEntity(id) }]))[0] ?? new Uint8Array(0));

async function fingerprint(store: StateStore): Promise<string> {
  const [record] = await store.reader.users([{ tenant: 'shop', entity: userEntity(user) }]);
  const rows: string[] = [];
  for await (const { key, row } of store.reader.statistics()) rows.push(`${key.hi}.${key.lo}:${[...row].join()}`);
  const items = await store.catalogue.listItems('shop', 0, 100);
  return JSON.stringify([Buffer.from(record ?? []).toString('hex'), rows.sort(), items.map((entry) => ({ ...entry, document: Buffer.from(entry.document).toString('hex') }))]);
}

describe.each(Object.entries(engines()))('state on %s', (_, open) => {
  it('counts an event once however often it comes, and another one again', async () => {
    const store = open();
    expect(await apply(store, [click('a', { eventId: '1' }), click('a', { eventId: '1' }), click('a', { eventId: '2' })])).toBe(2);
    expect(await apply(store, [click('a', { eventId: '1' })])).toBe(0);
    const state = await stateOf(store);
    expect(state.counterTotal(state.counterOf(eventTypeCode('click')))).toBe(2);
  });

  it('forgets event ids when their window is over, and not before', async () => {
    const store = open();
    const later = (hours: number) => ({ receivedAtMs: NOW + hours * 3_600_000, eventTimeMs: NOW + hours * 3_600_000 });
    await apply(store, [click('a', { eventId: '1' }), click('a', { eventId: 'x', ...later(24) })]);
    expect(await apply(store, [click('a', { eventId: '1' })])).toBe(0);
    if (store instanceof MemoryStateStore) return;
    await apply(store, [click('a', { eventId: 'y', ...later(60) })]);
    expect(await apply(store, [click('a', { eventId: '1', ...later(60) })])).toBe(1);
  });

  it('applies each place of an import once, whatever is sent again', async () => {
    const store = open();
    const imported = (batch: number, index: number) => click('a', { importPosition: create(events.ImportPositionSchema, { importId: 'i', batch, index }) });
    expect(await apply(store, [imported(1, 0), imported(1, 3), imported(2, 0)])).toBe(3);
    expect(await apply(store, [imported(1, 0), imported(1, 3), imported(2, 0), imported(2, 1)])).toBe(1);
  });

  it('refuses a commit from a cursor that is not the newest, and changes nothing', async () => {
    const store = open();
    await apply(store, [click('a', { eventId: '1' })]);
    const before = await fingerprint(store);
    const stale = new PartitionApplier(PARTITION, { store: store.partitions, documents });
    await expect(stale.apply([click('b', { eventId: '2' })], { cursor: 0, end: 99 })).rejects.toMatchObject({ reason: 'STALE_OWNER' });
    expect(await fingerprint(store)).toBe(before);
  });

  it('gives an item one ordinal for good, a version for each change, and one place among the changes', async () => {
    const store = open();
    await apply(store, [put({ title: 'One', price: 5 }), put({ title: 'Two' }, events.ChangeKind.PATCH, ['title']), put({ title: 'Two', price: 5 })]);
    const [stored] = await store.catalogue.itemsByHash([{ tenant: 'shop', ...hash64(item) }]);
    expect(partitionOfOrdinal(stored!.ordinal)).toBe(PARTITION);
    expect(stored).toMatchObject({ id: item, version: 2, deleted: false });
    expect(fromBinary(events.ItemSchema, stored!.document)).toMatchObject({ title: 'Two', price: 5 });
    expect(await store.catalogue.changedItems('shop', PARTITION, { after: 0, max: 10 })).toHaveLength(1);
    await apply(store, [put({}, events.ChangeKind.DELETE), put({ title: 'Three' })]);
    const [again] = await store.catalogue.itemsByOrdinal('shop', [stored!.ordinal]);
    expect(again).toMatchObject({ ordinal: stored!.ordinal, version: 4, deleted: false });
    expect(await store.catalogue.changedItems('shop', PARTITION, { after: stored!.sequence, max: 10 })).toHaveLength(1);
  });

  it('keeps profiles beside what a user did', async () => {
    const store = open();
    const profile = (kind: events.ChangeKind, attributes: object, fields: string[] = []) => at({
      type: '$user', userId: user, payload: { case: 'userChange', value: create(events.UserChangeSchema, { kind, user: { id: user, attributes: attributes as never }, fields }) },
    });
    const text = (value: string) => ({ value: { case: 'text', value } });
    await apply(store, [click('a', { eventId: '1' }), profile(events.ChangeKind.PUT, { city: text('Oslo'), age: text('30') }), profile(events.ChangeKind.PATCH, { city: text('Bergen') }, ['city'])]);
    const state = await stateOf(store);
    expect(state.interactions).toBe(1);
    expect(fromBinary(events.UserProfileSchema, state.profile).attributes.city!.value.value).toBe('Bergen');
    await apply(store, [profile(events.ChangeKind.DELETE, {})]);
    expect((await stateOf(store)).profile).toHaveLength(0);
  });

  it('gives the same bytes however a log is cut into batches and repeated', async () => {
    const event = fc.record({ item: fc.nat(5), type: fc.constantFrom('view', 'click', 'purchase', 'rating', 'hide', 'search'), id: fc.nat(30), late: fc.nat(3_600_000 * 30), session: fc.nat(3) });
    await fc.assert(fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 60 }), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }), async (list, cuts) => {
      const log = list.map(({ item: n, type, id, late, session }, i) => at({
        type, userId: user, eventId: `e${id}`, sessionId: `s${session}`, items: type === 'search' ? [] : [{ itemId: `item-${n}` }], eventTimeMs: NOW - late,
        ...(type === 'rating' ? { value: n } : {}),
      }, i + 1));
      const one = new MemoryStateStore();
      const other = open();
      await apply(one, log);
      await apply(other, log, cuts);
      expect(await fingerprint(other)).toBe(await fingerprint(one));
    }), { numRuns: 25 });
  }, 60_000);
});

describe('user state', () => {
  it('keeps the newest 256 interactions by time, and remembers every item ever', async () => {
    const store = new MemoryStateStore();
    const times = Array.from({ length: 400 }, (_, i) => NOW + ((i * 7919) % 400) * 1000);
    await apply(store, times.map((eventTimeMs, i) => click(`item-${i}`, { eventId: `${i}`, eventTimeMs })));
    const state = await stateOf(store);
    expect(state.interactions).toBe(256);
    const kept = Array.from({ length: 256 }, (_, i) => state.timeMs(i));
    expect(kept).toEqual([...times].sort((a, b) => a - b).slice(-256));
    expect(state.seen).toBe(400);
    for (const i of [0, 133, 399]) {
      const { lo, hi } = hash64(`item-${i}`);
      expect(state.seenMaskOf(lo, hi)).toBe(eventTypeMask(['click']));
    }
    expect(state.seenMaskOf(1, 2)).toBe(0);
  });

  it('counts a late event as much as one in time', async () => {
    const inOrder = new MemoryStateStore();
    const late = new MemoryStateStore();
    const list = [0, 1, 2].map((day) => click('a', { eventId: `${day}`, eventTimeMs: NOW - day * 86_400_000 }));
    await apply(inOrder, [...list].reverse());
    await apply(late, list);
    const value = async (store: StateStore): Promise<number> => {
      const state = await stateOf(store);
      return decayedValue(state.counterLog(state.counterOf(eventTypeCode('click')), 0), NOW, HALF_LIVES_MS[0]);
    };
    expect(await value(late)).toBeCloseTo(1 + 0.5 + 0.25, 9);
    expect(await value(inOrder)).toBeCloseTo(await value(late), 9);
  });

  it('begins a session with a new id or after half an hour', async () => {
    const store = new MemoryStateStore();
    const minute = (minutes: number, sessionId = 's') => click('a', { eventId: `${minutes}`, sessionId, eventTimeMs: NOW + minutes * 60_000 });
    await apply(store, [minute(0), minute(20), minute(40)]);
    expect((await stateOf(store)).sessionEvents).toBe(3);
    await apply(store, [minute(41, 't'), minute(80, 't')]);
    expect(await stateOf(store)).toMatchObject({ sessionEvents: 1, sessionStartMs: NOW + 80 * 60_000 });
  });
});

describe('statistics', () => {
  it('are rolled up over partitions, and a hide never raises what engages', async () => {
    const store = new MemoryStateStore();
    await apply(store, [click('a', { eventId: '1' }), click('a', { eventId: '2', type: 'hide' }), click('a', { eventId: '3', type: 'rating', value: 4 })]);
    const rollup = new StatisticsRollup();
    for await (const entry of store.reader.statistics()) {
      rollup.add(entry);
      rollup.add(entry);
    }
    const { row } = rollup.changedSince('shop', 0, 9).rows[0]!;
    expect(row[statisticColumn('engagement_total')]).toBeCloseTo(2 * 1.8);
    expect(row[statisticColumn('negatives_total')]).toBe(2);
    expect(row[statisticColumn('rating_sum')]).toBe(8);
    expect(rollup.changedSince('shop', rollup.newest, 9).rows).toEqual([]);
    expect(rollup.changedSince('other', 0, 9).rows).toEqual([]);
    const newest = rollup.newest;
    rollup.touch({ tenant: 'shop', ...hash64('a') });
    rollup.touch({ tenant: 'shop', ...hash64('nothing happened to it') });
    expect(rollup.changedSince('shop', newest, 9).rows).toHaveLength(1);
  });
});
