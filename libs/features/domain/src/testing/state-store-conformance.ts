import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hash64, partitionOfOrdinal, userEntity } from '@serendip/shared-identity';
import { UserStateView, eventTypeCode } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { MemoryStateStore } from '../memory-state-store.js';
import type { StateEvent } from '../state-event.js';
import type { StateStore } from '../state-store.js';
import { HOUR_MS, ITEMS, PARTITION, SOME_HOUR_MS, TENANT, USERS, VISITORS, aProfileChange, aStateEvent, anItemChange } from './a-state-event.js';
import { applierOf, applyLog } from './apply-log.js';
import { dumpState } from './dump-state.js';
import { sentEvent } from './json-documents.js';
import { logOf, partitionLogs } from './partition-log.js';

/** Where states live; each test gets an empty one of its own. */
export interface StatePlace {
  /** An empty store. */
  open(): Promise<StateStore>;
  /** Closes a store and opens what it left; undefined for an engine that keeps nothing. */
  readonly reopen?: (store: StateStore) => Promise<StateStore>;
  /** Closes and removes everything. */
  remove(): Promise<void>;
}

const decoder = new TextDecoder();

/** The contract of every state engine. */
export function stateStoreConformance(name: string, openPlace: () => Promise<StatePlace>): void {
  describe(`${name}: the state store contract`, () => {
    let place: StatePlace;
    let store: StateStore;

    beforeEach(async () => {
      place = await openPlace();
      store = await place.open();
    });
    afterEach(() => place.remove());

    /** Applies events after those that were applied before. */
    const apply = async (events: readonly StateEvent[]): Promise<number> =>
      applyLog(store, logOf(events, Math.max(1, (await store.partitions.head(PARTITION)).cursor)));

    const stateOf = async (id = USERS[0]!): Promise<UserStateView> =>
      new UserStateView((await store.reader.users([{ tenant: TENANT, entity: userEntity(id) }]))[0] ?? new Uint8Array(0));

    const clicks = async (): Promise<number> => {
      const state = await stateOf();
      return state.counterTotal(state.counterOf(eventTypeCode('click')));
    };

    it('counts an event once however often it comes, and another one again', async () => {
      expect(await apply(['1', '1', '2'].map((eventId) => aStateEvent({ eventId })))).toBe(2);
      expect(await apply([aStateEvent({ eventId: '1' })])).toBe(0);
      expect(await clicks()).toBe(2);
    });

    it('knows the same id of another tenant for another event', async () => {
      expect(await apply([aStateEvent({ eventId: '1' }), aStateEvent({ eventId: '1', tenant: 'other' })])).toBe(2);
    });

    const received = (eventId: string, hours: number) => aStateEvent({ eventId, receivedAtMs: SOME_HOUR_MS + hours * HOUR_MS });

    it('knows an event id up to 25 hours later, and not after that', async () => {
      for (const event of [received('1', 0), received('2', 0), received('3', 25), received('4', 25)]) expect(await apply([event])).toBe(1);
      expect(await apply([received('1', 25)])).toBe(0);
      expect(await apply([received('5', 26)])).toBe(1);
      expect(await apply([received('1', 26), received('2', 3)])).toBe(2);
      expect(await apply([received('1', 51), received('3', 51)])).toBe(1);
    });

    it('forgets ids by their last application', async () => {
      for (let hour = 0; hour < 120; hour += 8) {
        const ids = Array.from({ length: 30 }, (_, i) => received(`${hour}-${i}`, hour));
        // `same` is applied at 0, 32, 64 and 96 hours: each time it is more than 25 hours since the last.
        expect(await apply([...ids, received('same', hour)])).toBe(30 + (hour % 32 === 0 ? 1 : 0));
      }
    });

    it('knows an id that was applied again, while it forgets many that were not', async () => {
      for (let i = 0; i < 40; i++) await apply([received(`${i}`, 0)]);
      expect(await apply([received('39', 60)])).toBe(1);
      for (let i = 0; i < 40; i++) {
        expect(await apply([received(`later-${i}`, 61)])).toBe(1);
        expect(await apply([received('39', 61)])).toBe(0);
      }
    });

    it('applies each place of an import once, whatever is sent again and however old it is', async () => {
      const imported = (batch: number, index: number, days = 0) => aStateEvent({ importPosition: { importId: 'i', batch, index }, receivedAtMs: SOME_HOUR_MS + days * 24 * HOUR_MS });
      expect(await apply([imported(1, 0), imported(1, 3), imported(2, 0)])).toBe(3);
      expect(await apply([imported(1, 0, 9), imported(1, 3, 9), imported(2, 0, 9), imported(2, 1, 9)])).toBe(1);
      expect(await apply([aStateEvent({ importPosition: { importId: 'other', batch: 1, index: 0 } })])).toBe(1);
    });

    it('refuses a commit from a cursor that is not the newest, and changes nothing', async () => {
      await apply([aStateEvent({ eventId: '1' }), anItemChange({ id: ITEMS[0]!, kind: 'put' })]);
      const before = await dumpState(store);
      const batch = logOf([aStateEvent({ eventId: '2' }), anItemChange({ id: ITEMS[1]!, kind: 'put' })], 50);
      for (const cursor of [0, 1, 2, 4]) {
        await expect(applierOf(store).apply(batch, { cursor, end: 99 })).rejects.toMatchObject({ code: 'ABORTED', reason: 'STALE_OWNER' });
      }
      expect(await dumpState(store)).toEqual(before);
      expect(await apply([aStateEvent({ eventId: '2' })])).toBe(1);
    });

    it('lets one of several owners win each batch', async () => {
      const log = logOf(Array.from({ length: 40 }, (_, i) => aStateEvent({ eventId: `${i}`, items: [{ itemId: `${i % 3}` }] })));
      const own = async (size: number): Promise<void> => {
        for (;;) {
          const { cursor } = await store.partitions.head(PARTITION);
          const batch = log.filter(({ position }) => position >= cursor).slice(0, size);
          if (batch.length === 0) return;
          await applierOf(store).apply(batch, { cursor, end: batch.at(-1)!.position + 1 }).catch((error: unknown) => {
            expect(error).toMatchObject({ reason: 'STALE_OWNER' });
          });
        }
      };
      await Promise.all([own(1), own(3), own(7)]);
      const alone = new MemoryStateStore();
      await applyLog(alone, log);
      expect(await dumpState(store)).toEqual(await dumpState(alone));
    });

    it('moves its cursor over a batch with nothing in it', async () => {
      await applierOf(store).apply([], { cursor: 0, end: 12 });
      expect((await store.partitions.head(PARTITION)).cursor).toBe(12);
    });

    it('gives an item one ordinal for good, a version for each change, and one place among the changes', async () => {
      const [a, b] = ITEMS as [string, string];
      await apply([anItemChange({ id: a, kind: 'put', fields: { title: 'One', price: 5 } }), anItemChange({ id: b, kind: 'put' })]);
      await apply([anItemChange({ id: a, kind: 'patch', fields: { title: 'Two' } }), anItemChange({ id: a, kind: 'put', fields: { title: 'Two', price: 5 } })]);
      const keys = [a, 'nobody', b].map((id) => ({ tenant: TENANT, ...hash64(id) }));
      const [first, missing, second] = await store.catalogue.itemsByHash(keys);
      expect(missing).toBeUndefined();
      expect(first).toMatchObject({ tenant: TENANT, id: a, version: 2, deleted: false, sequence: 3 });
      expect(JSON.parse(decoder.decode(first!.document))).toEqual({ title: 'Two', price: 5 });
      expect([first, second].map((item) => partitionOfOrdinal(item!.ordinal))).toEqual([PARTITION, PARTITION]);
      expect(await store.catalogue.ordinals(keys)).toEqual(Int32Array.of(first!.ordinal, -1, second!.ordinal));

      await apply([anItemChange({ id: a, kind: 'delete' })]);
      const changed = (after: number, max = 10) => store.catalogue.changedItems(TENANT, PARTITION, { after, max });
      expect((await changed(0)).map(({ id, sequence, deleted }) => [id, sequence, deleted])).toEqual([[b, 2, false], [a, 4, true]]);
      expect(await changed(0, 1)).toHaveLength(1);
      expect(await changed(4)).toEqual([]);
      await apply([anItemChange({ id: a, kind: 'put', fields: { title: 'Three' } })]);
      const [other, unknown, again] = await store.catalogue.itemsByOrdinal(TENANT, [second!.ordinal, 9_999, first!.ordinal]);
      expect(unknown).toBeUndefined();
      expect(other).toMatchObject({ id: b, version: 1 });
      expect(again).toMatchObject({ id: a, ordinal: first!.ordinal, version: 4, deleted: false });
    });

    it('lists a tenant\'s items by ordinal, from one on', async () => {
      await apply(ITEMS.map((id) => anItemChange({ id, kind: 'put' })));
      await apply([anItemChange({ id: ITEMS[0]!, kind: 'put' }, { tenant: 'other' }), anItemChange({ id: ITEMS[2]!, kind: 'delete' })]);
      const all = await store.catalogue.listItems(TENANT, 0, 100);
      expect(all.map(({ id }) => id)).toEqual(ITEMS);
      expect(all.map(({ deleted }) => deleted)).toEqual([false, false, true, false, false]);
      expect((await store.catalogue.listItems(TENANT, all[1]!.ordinal, 2)).map(({ id }) => id)).toEqual(ITEMS.slice(1, 3));
      expect((await store.catalogue.listItems('other', 0, 100)).map(({ ordinal }) => ordinal)).toEqual([PARTITION]);
    });

    it('knows nothing of an item that was deleted before it was there', async () => {
      await apply([anItemChange({ id: ITEMS[0]!, kind: 'delete' })]);
      expect(await store.catalogue.listItems(TENANT, 0, 10)).toEqual([]);
    });

    it('keeps profiles beside what a user did', async () => {
      await apply([aStateEvent(), aProfileChange({ kind: 'put', fields: { city: 'Oslo', age: 30 } }), aProfileChange({ kind: 'patch', fields: { city: 'Bergen' } })]);
      const state = await stateOf();
      expect(state.interactions).toBe(1);
      expect(JSON.parse(decoder.decode(state.profile))).toEqual({ city: 'Bergen', age: 30 });
      await apply([aProfileChange({ kind: 'delete' })]);
      expect((await stateOf()).profile).toHaveLength(0);
      expect((await stateOf()).interactions).toBe(1);
    });

    it('answers users in the order they were asked for', async () => {
      await apply([aStateEvent({ userId: USERS[1]! }), aStateEvent({ userId: '', anonymousId: USERS[1]! })]);
      const records = await store.reader.users([USERS[0]!, USERS[1]!, USERS[2]!].map((id) => ({ tenant: TENANT, entity: userEntity(id) })));
      expect(records.map((record) => record !== undefined)).toEqual([false, true, false]);
    });

    it('passes over slates and events that name nobody', async () => {
      expect(await apply([aStateEvent({ userId: '' }), aStateEvent({ type: '$served', payload: { case: 'served', value: {} } })])).toBe(2);
      expect(await dumpState(store)).toMatchObject({ users: [...USERS, ...VISITORS].map(() => undefined), statistics: [] });
    });

    it('remembers which events it has applied, but not slates', async () => {
      const slate = aStateEvent({ eventId: 'slate', type: '$served', items: [], payload: { case: 'served', value: {} } });
      expect(await apply([slate, aStateEvent({ eventId: 'click' }), slate, aStateEvent({ eventId: 'click' })])).toBe(3);
      const events = ['slate', 'click'].map((id) => hash64(`${TENANT}\0${id}`));
      const { events: hours } = await store.partitions.find(PARTITION, { users: [], statistics: [], items: [], events, imports: [] });
      expect(hours).toEqual([undefined, SOME_HOUR_MS / HOUR_MS]);
    });

    it('keeps what is for other partitions, in order, until it is said to be sent', async () => {
      const visit = (eventId: string): StateEvent => aStateEvent({ eventId, userId: '', anonymousId: VISITORS[0]! });
      await apply([visit('1'), aStateEvent({ type: '$identify', userId: '', anonymousId: VISITORS[0]!, items: [], payload: { case: 'identify', value: { userId: USERS[0]! } } }), visit('2'), visit('3'), visit('2')]);
      const pending = async (max = 10) => (await store.outbox.pending(PARTITION, max)).map(({ position, bytes }) => [position, sentEvent(bytes).type, sentEvent(bytes).userId]);
      expect(await pending()).toEqual([[2, '$merge', USERS[0]], [3, 'click', USERS[0]], [4, 'click', USERS[0]]]);
      expect(await pending(1)).toHaveLength(1);
      expect(await store.outbox.pending(PARTITION + 1, 10)).toEqual([]);
      await store.outbox.sent(PARTITION, 3);
      expect((await pending()).map(([position]) => position)).toEqual([4]);
      const { position, bytes } = (await store.outbox.pending(PARTITION, 1))[0]!;
      await store.outbox.sent(PARTITION, position);
      expect(sentEvent(bytes)).toMatchObject({ eventId: '3', anonymousId: '', cause: { partition: PARTITION, position: 4 } });
      expect(await pending()).toEqual([]);
    });

    it('applies what another partition sends once and in order, however old it is', async () => {
      const sent = (position: number, days = 0) => aStateEvent({ eventId: `${position}`, cause: { partition: 9, position }, receivedAtMs: SOME_HOUR_MS + days * 24 * HOUR_MS });
      expect(await apply([sent(3), sent(5), sent(5)])).toBe(2);
      expect(await apply([sent(3, 90), sent(5, 90), sent(6, 90)])).toBe(1);
      expect(await apply([aStateEvent({ cause: { partition: 10, position: 1 } })])).toBe(1);
      expect(await clicks()).toBe(4);
    });

    it('comes to the same bytes however a log is cut into batches', async () => {
      const cuts = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 5 });
      await fc.assert(fc.asyncProperty(partitionLogs, cuts, async (log, sizes) => {
        const oneByOne = new MemoryStateStore();
        const other = await place.open();
        await applyLog(oneByOne, log, { cuts: [1] });
        await applyLog(other, log, { cuts: sizes });
        expect(await dumpState(other)).toEqual(await dumpState(oneByOne));
      }), { numRuns: 40 });
    }, 60_000);

    it('counts everything once though its owner dies before or after a commit, again and again', async () => {
      const step = fc.record({ size: fc.integer({ min: 1, max: 20 }), dies: fc.constantFrom('never', 'before', 'after') });
      await fc.assert(fc.asyncProperty(partitionLogs, fc.array(step, { minLength: 1, maxLength: 8 }), async (log, steps) => {
        const undisturbed = new MemoryStateStore();
        await applyLog(undisturbed, log);
        let current = await place.open();
        for (let i = 0; ; i++) {
          const { cursor } = await current.partitions.head(PARTITION);
          const { size, dies } = steps[i % steps.length]!;
          const batch = log.filter(({ position }) => position >= cursor).slice(0, size);
          if (batch.length === 0) break;
          const end = batch.at(-1)!.position + 1;
          const processed = await applierOf(current).prepare(batch, end);
          if (dies !== 'before' || i >= 60) await applierOf(current).commit(cursor, processed);
          if (dies !== 'never' && place.reopen !== undefined) current = await place.reopen(current);
        }
        expect(await dumpState(current)).toEqual(await dumpState(undisturbed));
      }), { numRuns: 15 });
    }, 60_000);
  });
}
