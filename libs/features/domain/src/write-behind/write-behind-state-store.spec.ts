import { beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '@serendip/shared-errors';
import { userEntity } from '@serendip/shared-identity';
import { UserStateView } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { MemoryStateStore } from '../memory-state-store.js';
import type { FoundState, PartitionCommit, PartitionHead, WantedState } from '../partition-store.js';
import type { UserKey } from '../state-reader.js';
import { PARTITION, TENANT, USERS, aStateEvent, anItemChange } from '../testing/a-state-event.js';
import { SharedMemoryStateStore, applierOf, applyLog, dumpState, logOf, partitionLogs, stateStoreConformance } from '../testing/index.js';
import { WriteBehindStateStore } from './write-behind-state-store.js';

/** One that a crash or an orderly end, by turns, leaves behind to be opened again. */
stateStoreConformance('WriteBehindStateStore', async () => {
  const beneath = new WeakMap<object, MemoryStateStore>();
  const openOn = (inner: MemoryStateStore): WriteBehindStateStore => {
    const store = new WriteBehindStateStore(inner);
    beneath.set(store, inner);
    return store;
  };
  let ends = 0;
  return {
    open: async () => openOn(new MemoryStateStore()),
    reopen: async (store) => {
      if (ends++ % 2 === 1) await store.close();
      return openOn(beneath.get(store)!);
    },
    remove: async () => undefined,
  };
});

/** Takes its time, and fails when it is told to. */
class SlowStore extends MemoryStateStore {
  commits = 0;
  usersRead = 0;
  failures = 0;
  turns = (): number => 0;

  private async takeTime(): Promise<void> {
    for (let turn = this.turns(); turn > 0; turn--) await new Promise(setImmediate);
  }

  override async head(partition: number): Promise<PartitionHead> {
    await this.takeTime();
    return super.head(partition);
  }

  override async find(partition: number, wanted: WantedState): Promise<FoundState> {
    await this.takeTime();
    const found = await super.find(partition, wanted);
    await this.takeTime();
    return found;
  }

  override async users(keys: readonly UserKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.usersRead += keys.length;
    const found = await super.users(keys);
    await this.takeTime();
    return found;
  }

  override async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    await this.takeTime();
    if (this.failures-- > 0) throw new DomainError('UNAVAILABLE', 'STATE_FAILED', 'The disk is full.');
    await super.commit(partition, expectedCursor, commit);
    this.commits++;
    await this.takeTime();
  }
}

const click = (eventId: string) => aStateEvent({ eventId, userId: USERS[0]! });
const clicks = (count: number) => logOf(Array.from({ length: count }, (_, i) => click(`${i}`)));
const key = { tenant: TENANT, entity: userEntity(USERS[0]!) };

let beneath: SlowStore;
let store: WriteBehindStateStore;
beforeEach(() => {
  beneath = new SlowStore();
  store = new WriteBehindStateStore(beneath);
});

/** What a store that writes at once would have. */
async function plain(log: Parameters<typeof applyLog>[1]): Promise<unknown> {
  const other = new MemoryStateStore();
  await applyLog(other, log);
  return dumpState(other);
}

describe('what is written behind', () => {
  it('is seen at once, and written as one commit', async () => {
    const log = clicks(7);
    await applyLog(store, log, { cuts: [1] });
    expect(await beneath.users([key])).toEqual([undefined]);
    expect(new UserStateView((await store.users([key]))[0]!).position).toBe(7);
    await store.flush();
    expect(beneath.commits).toBe(1);
    expect(await dumpState(beneath)).toEqual(await plain(log));
  });

  it('does not wait when it is large, changes items or has something for other partitions', async () => {
    await applyLog(store, clicks(100), { cuts: [100] });
    expect((await beneath.head(PARTITION)).cursor).toBe(101);
    await applyLog(store, logOf([click('later')], 101));
    await applyLog(store, logOf([anItemChange({ id: 'item-1', kind: 'put' })], 102));
    expect((await beneath.head(PARTITION)).cursor).toBe(103);
    expect(beneath.commits).toBe(2);
  });

  it('goes with whatever is too much to wait', async () => {
    const log = clicks(200);
    await applyLog(store, log, { cuts: [1] });
    expect((await beneath.head(PARTITION)).cursor).toBeGreaterThan(150);
    await store.close();
    expect(await dumpState(beneath)).toEqual(await plain(log));
  });

  it('is neither lost nor doubled by writes that fail, and goes on being seen', async () => {
    const log = clicks(12);
    beneath.failures = 3;
    for (const { position } of log) {
      await applyLog(store, log.slice(position - 1, position));
      await store.flush().catch((error: unknown) => expect(error).toMatchObject({ reason: 'STATE_FAILED' }));
      expect(new UserStateView((await store.users([key]))[0]!).position).toBe(position);
    }
    expect(beneath.commits).toBe(9);
    expect(await dumpState(beneath)).toEqual(await plain(log));
  });

  it('is bounded: while nothing can be written, commits are refused in the end, and it goes on from there', async () => {
    const log = clicks(100);
    beneath.failures = Infinity;
    await expect(applyLog(store, log, { cuts: [1] })).rejects.toMatchObject({ reason: 'STATE_FAILED' });
    const { cursor } = await store.partitions.head(PARTITION);
    expect(cursor).toBeGreaterThan(10);
    expect(cursor).toBeLessThan(65);
    beneath.failures = 0;
    await applyLog(store, log, { cuts: [1] });
    expect(await dumpState(store)).toEqual(await plain(log));
  });

  it('gives way to another owner that was there first', async () => {
    await applyLog(store, clicks(2));
    await applyLog(beneath, clicks(5));
    await expect(store.flush()).rejects.toMatchObject({ reason: 'STALE_OWNER' });
    expect((await store.partitions.head(PARTITION)).cursor).toBe(6);
    await applyLog(store, clicks(8));
    expect(await dumpState(store)).toEqual(await plain(clicks(8)));
  });

  it('tells that the store is not where a partition was left, once, and only when it is so', async () => {
    const stale: number[] = [];
    store.partitions.whenStale((partition) => stale.push(partition));
    await applyLog(store, clicks(2));
    await store.check([PARTITION]);
    await store.flush();
    await store.check([PARTITION, PARTITION + 1]);
    expect(stale).toEqual([]);
    await applyLog(beneath, clicks(5));
    await store.check([PARTITION]);
    await store.check([PARTITION]);
    expect(stale).toEqual([PARTITION]);
    expect((await store.partitions.head(PARTITION)).cursor).toBe(6);
  });

  it('is the newest state for whoever reads, however slow writes are, whatever fails and whenever it is written', async () => {
    const pace = fc.record({ size: fc.integer({ min: 1, max: 30 }), flush: fc.boolean(), wait: fc.nat(6), fails: fc.integer({ min: 0, max: 6 }).map((n) => n === 0) });
    // Were every write to fail, what can't wait would be tried for ever.
    const pacesThatEnd = fc.array(pace, { minLength: 3, maxLength: 12 }).filter((paces) => paces.some(({ fails }) => !fails));
    await fc.assert(fc.asyncProperty(partitionLogs, pacesThatEnd, fc.array(fc.nat(5), { minLength: 5, maxLength: 30 }), async (log, paces, delays) => {
      beneath = new SlowStore();
      store = new WriteBehindStateStore(beneath);
      const expected = new MemoryStateStore();
      let next = 0;
      beneath.turns = () => delays[next++ % delays.length]!;
      const flushes: Promise<void>[] = [];
      let cursor = 0;
      for (let i = 0; cursor <= log.at(-1)!.position; i++) {
        const { size, flush, wait, fails } = paces[i % paces.length]!;
        if (fails) beneath.failures = 1;
        if (flush) flushes.push(store.flush().catch(() => undefined));
        const batch = log.filter(({ position }) => position >= cursor).slice(0, size);
        const end = batch.at(-1)!.position + 1;
        const keys = USERS.map((id) => ({ tenant: TENANT, entity: userEntity(id) }));
        // One that is under way while others are.
        if (wait % 2 === 0) void store.users(keys);
        const applied = await applierOf(store).apply(batch, { cursor, end }).then(() => true, () => false);
        if (applied) {
          await applierOf(expected).apply(batch, { cursor, end });
          cursor = end;
        }
        expect(await store.users(keys)).toEqual(await expected.users(keys));
        expect(await store.partitions.head(PARTITION)).toEqual(await expected.head(PARTITION));
        for (let turn = 0; turn < wait; turn++) await new Promise(setImmediate);
      }
      await Promise.all(flushes);
      beneath.failures = 0;
      await store.close();
      expect(await dumpState(beneath)).toEqual(await dumpState(expected));
    }), { numRuns: 200 });
  }, 60_000);
});

describe('a record that was read', () => {
  const positions = async (): Promise<readonly (number | undefined)[]> => (await store.users([key])).map((record) => (record === undefined ? undefined : new UserStateView(record).position));

  it('is not read from beneath again, and changes with what is committed', async () => {
    await applyLog(store, clicks(3));
    await store.flush();
    for (let i = 0; i < 3; i++) expect(await positions()).toEqual([3]);
    expect(beneath.usersRead).toBe(1);
    await applyLog(store, clicks(5));
    await store.flush();
    expect(await positions()).toEqual([5]);
    expect(beneath.usersRead).toBe(1);
  });

  it('is gone with its user', async () => {
    await applyLog(store, clicks(3));
    await store.flush();
    expect(await positions()).toEqual([3]);
    const head = await store.partitions.head(PARTITION);
    await store.partitions.commit(PARTITION, head.cursor, { head: { ...head, cursor: head.cursor + 1 }, users: [{ key, record: undefined }], statistics: [], items: [], events: [], imports: [], outgoing: [] });
    expect(await positions()).toEqual([undefined]);
  });

  it('is read from beneath while others may write its partition, and once they turn out to have done so', async () => {
    await applyLog(beneath, clicks(2));
    expect([await positions(), await positions(), beneath.usersRead]).toEqual([[2], [2], 2]);
    await applyLog(store, clicks(3));
    await store.flush();
    expect(await positions()).toEqual([3]);
    await applyLog(beneath, clicks(6));
    await store.check([PARTITION]);
    expect(await positions()).toEqual([6]);
    await applyLog(store, clicks(7));
    await store.flush();
    expect(await positions()).toEqual([7]);
    await store.partitions.forget(PARTITION);
    await applyLog(beneath, clicks(8));
    expect(await positions()).toEqual([8]);
  });

  it('is not kept when it was read before something was committed', async () => {
    await applyLog(store, clicks(2));
    await store.flush();
    beneath.turns = () => 30;
    const reading = store.users([key]);
    await new Promise(setImmediate);
    beneath.turns = () => 0;
    await applyLog(store, clicks(3));
    await store.flush();
    await reading;
    expect(await positions()).toEqual([3]);
  });
});

describe('switching to another generation', () => {
  it('goes on over it, without what waited: that is there already', async () => {
    const before = new SlowStore();
    before.turns = () => 3;
    const store = new WriteBehindStateStore(before);
    const log = logOf(['1', '2', '3'].map((eventId) => aStateEvent({ eventId })));
    await applyLog(store, log.slice(0, 1));
    const flushing = store.flush([PARTITION]);
    await applyLog(store, log.slice(0, 2));
    const generation = new MemoryStateStore();
    await applyLog(generation, log.slice(0, 2));
    expect(await store.switchTo(generation)).toBe(before);
    await flushing;
    await applyLog(store, log);
    await store.flush();
    const whole = new MemoryStateStore();
    await applyLog(whole, log);
    expect(await dumpState(generation)).toEqual(await dumpState(whole));
    expect(await dumpState(store)).toEqual(await dumpState(whole));
    expect((await before.head(PARTITION)).cursor).toBe(2);
  });

  it('tells how far the live generation is written, not what waits', async () => {
    const store = new WriteBehindStateStore(new MemoryStateStore());
    const log = logOf(['1', '2'].map((eventId) => aStateEvent({ eventId })));
    await applyLog(store, log.slice(0, 1));
    expect((await store.written.head(PARTITION)).cursor).toBe(0);
    const generation = new MemoryStateStore();
    await applyLog(generation, log);
    await store.switchTo(generation);
    expect((await store.written.head(PARTITION)).cursor).toBe((await generation.head(PARTITION)).cursor);
    expect((await store.written.head(PARTITION)).cursor).toBeGreaterThan(0);
  });

  it('drops what was seen of a partition when the store beneath finds another generation live, and says so', async () => {
    const before = new SharedMemoryStateStore();
    const store = new WriteBehindStateStore(before);
    const log = logOf(['1', '2', '3'].map((eventId) => aStateEvent({ eventId })));
    const stale: number[] = [];
    store.partitions.whenStale((partition) => stale.push(partition));
    await applyLog(store, log);
    expect((await store.partitions.head(PARTITION)).cursor).toBe(4);
    for (const switched of before.switched) switched(PARTITION);
    expect(stale).toEqual([PARTITION]);
    expect(await dumpState(store)).toEqual(await dumpState(new MemoryStateStore()));
    await applyLog(store, log);
    await store.flush();
    const whole = new MemoryStateStore();
    await applyLog(whole, log);
    expect(await dumpState(before)).toEqual(await dumpState(whole));
  });

  it('refuses a commit that was under way when it was found, though the cursor is the same', async () => {
    const before = new SharedMemoryStateStore();
    const store = new WriteBehindStateStore(before);
    const batch = logOf([aStateEvent({ eventId: '1' })]);
    const committing = applierOf(store).apply(batch, { cursor: 0, end: 2 });
    const head = before.head.bind(before);
    before.head = async (partition) => {
      before.head = head;
      for (const switched of before.switched) switched(partition);
      return head(partition);
    };
    await expect(committing).rejects.toMatchObject({ reason: 'STALE_OWNER' });
    await applyLog(store, batch);
    expect((await store.partitions.head(PARTITION)).cursor).toBe(2);
  });
});
