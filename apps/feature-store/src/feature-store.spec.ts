import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { MemoryStateStore, MessageDocuments } from '@serendip/features-adapters';
import { events, features, toBinary } from '@serendip/shared-contracts';
import { PARTITIONS, hash64, partitionOf, userEntity } from '@serendip/shared-identity';
import { ITEM_STATISTICS_WIDTH, UserStateView, bytesOf, float64sOf, int32sOf } from '@serendip/shared-layouts';
import { FailingStore, Fixture, NOW, event, identify, itemChange, until, write } from './feature-store.fixture.js';

const { ReadStatus } = features;
const user = (userId: string) => ({ tenant: 't', userId });
const partitionOfUser = (id: string): number => partitionOf('t', userEntity(id));

/** A log whose news comes late, as to a process that is held up. */
class LateNews extends InMemoryEventLog {
  /** Answers the wait that is under way, while news is late. */
  tell: ((ends: readonly number[]) => void) | undefined;
  isLate = false;
  /** Whether not even this process's own look at the log would find it. */
  isHidden = false;

  override knownEnds(): readonly number[] {
    return this.isHidden ? [] : super.knownEnds();
  }

  override async waitForAppend(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    if (!this.isLate) return super.waitForAppend(since, timeoutMs);
    return new Promise((resolve) => {
      this.tell = (ends) => {
        this.tell = undefined;
        resolve(ends);
      };
    });
  }
}

const open: Fixture[] = [];

async function start(...parts: Parameters<typeof Fixture.start>): Promise<Fixture> {
  const started = await Fixture.start(...parts);
  open.push(started);
  return started;
}

let fixture: Fixture;
beforeEach(async () => {
  fixture = await start();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const stateOf = async (...keys: { tenant: string; userId?: string; anonymousId?: string }[]) => (await fixture.client.readUserStates({ requests: keys })).results;

describe('ReadUserStates', () => {
  it('answers each in order: its record, where it ends in the log, how old it may be, or that there is none', async () => {
    const [, position] = await fixture.apply(event({ userId: 'bob', eventId: '1' }), event({ userId: 'ann', eventId: '2', eventTimeMs: NOW + 5 }), event({ userId: 'ann', eventId: '2' }));
    const [ann, nobody, bob] = await stateOf(user('ann'), user('nobody'), user('bob'));
    expect([ann, nobody, bob].map((result) => result?.status)).toEqual([ReadStatus.PRESENT, ReadStatus.MISSING, ReadStatus.PRESENT]);
    const view = new UserStateView(ann!.record);
    expect([view.interactions, view.position, view.timeMs(0)]).toEqual([1, position, NOW + 5]);
    expect({ lo: view.itemLo(0), hi: view.itemHi(0) }).toEqual(hash64('a'));
    expect(ann!.ageMs).toBeLessThan(5000);
    expect(nobody!.record).toHaveLength(0);
  });

  it('never says that a state is younger than an event that it has not, however late news of the log comes', async () => {
    const log = new LateNews();
    fixture = await start(log);
    await fixture.apply(event({ userId: 'ann', eventId: '1' }));
    log.isLate = log.isHidden = true;
    await until(async () => log.tell !== undefined);
    const before = await log.ends();
    await write(log, event({ userId: 'bob', eventId: '2' }));
    const news = await log.ends();
    await write(log, event({ userId: 'ann', eventId: '3' }));
    const acknowledgedMs = Date.now();
    await sleep(20);
    // Its time is over before it reads what has come; the next one has it at once.
    log.tell!(before);
    await until(async () => log.tell !== undefined);
    log.tell!(news);
    await until(async () => (await stateOf(user('bob')))[0]!.status === ReadStatus.PRESENT);
    const atMs = Date.now();
    const [ann] = await stateOf(user('ann'));
    expect(new UserStateView(ann!.record).interactions).toBe(1);
    expect(ann!.ageMs).toBeGreaterThanOrEqual(atMs - acknowledgedMs);
    log.isLate = false;
    log.tell!(news);
    await until(async () => new UserStateView((await stateOf(user('ann')))[0]!.record).interactions === 2);
  });

  it('has what the log had when it was asked, however late news of it comes', async () => {
    const log = new LateNews();
    fixture = await start(log);
    await fixture.apply(event({ userId: 'ann', eventId: '1' }));
    log.isLate = true;
    await until(async () => log.tell !== undefined);
    for (let interactions = 2; interactions < 20; interactions++) {
      await write(log, event({ userId: 'ann', eventId: `${interactions}` }));
      const [ann] = await stateOf(user('ann'));
      expect(new UserStateView(ann!.record).interactions).toBe(interactions);
    }
    log.isLate = false;
    log.tell!(await log.ends());
  });

  it('does not wait for what is far behind', async () => {
    const log = new LateNews();
    fixture = await start(log);
    log.isLate = true;
    await until(async () => log.tell !== undefined);
    await write(log, ...Array.from({ length: 300 }, (_, i) => event({ userId: 'ann', eventId: `${i}` })));
    expect((await stateOf(user('ann')))[0]!.status).toBe(ReadStatus.MISSING);
    log.isLate = false;
    log.tell!(await log.ends());
  });

  it('reads a visitor that has become a user as that user', async () => {
    await fixture.apply(event({ anonymousId: 'visitor', eventId: '1' }), identify('visitor', 'ann'), event({ anonymousId: 'visitor', eventId: '2' }));
    await until(async () => new UserStateView((await stateOf(user('ann')))[0]!.record).interactions === 2);
    const [visitor, ann] = await stateOf({ tenant: 't', anonymousId: 'visitor' }, user('ann'));
    expect(visitor).toMatchObject({ mergedInto: 'ann', record: ann!.record });
    expect(ann!.mergedInto).toBe('');
  });

  it('refuses a key that names nobody or two', async () => {
    for (const key of [{ tenant: 't' }, { tenant: 't', userId: 'a', anonymousId: 'b' }]) {
      await expect(stateOf(key)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'USER_KEY_INVALID' });
    }
  });

  it('tells how far the log has been applied, and passes over records that are no events', async () => {
    const partition = partitionOfUser('ann');
    await fixture.log.append([{ partition, bytes: Uint8Array.of(255, 255, 255) }]);
    const [position] = await fixture.apply(event({ userId: 'ann' }));
    const { partitions } = await fixture.client.getProgress({});
    expect(partitions).toHaveLength(PARTITIONS);
    expect(partitions[partition]).toMatchObject({ partition, cursor: position! + 1, logEnd: position! + 1, lagSeconds: 0 });
    expect((await stateOf(user('ann')))[0]!.status).toBe(ReadStatus.PRESENT);
  });
});

describe('a record that can not be applied', () => {
  /** Documents with a fault: they break at one profile. */
  class BreakingDocuments extends MessageDocuments {
    override changeProfile(current: Uint8Array, change: unknown): Uint8Array {
      if ((change as events.UserChange).user?.id === 'poison') throw new TypeError('It breaks.');
      return super.changeProfile(current, change);
    }
  }

  const profile = (id: string) => event({ type: '$user', userId: 'ann', items: [], eventId: id, payload: { case: 'userChange', value: { kind: events.ChangeKind.PUT, user: { id } } } });

  const reported = async (of: Fixture, count: number) => {
    await until(async () => of.ingestion.reported.length >= count);
    return of.ingestion.reported;
  };

  it('becomes a dead letter with its place and bytes; its tenant is what can still be read of it', async () => {
    const partition = partitionOfUser('ann');
    const broken = toBinary(events.EventSchema, event({ eventId: 'e1', userId: 'ann' })).slice(0, -3);
    const positions = await fixture.log.append([{ partition, bytes: Uint8Array.of(255, 255) }, { partition, bytes: broken }]);
    await fixture.apply(event({ userId: 'ann' }));
    const [garbage, cut] = await reported(fixture, 2);
    expect(garbage).toMatchObject({ tenant: 'default', source: events.DeadLetterSource.LOG, reason: 'RECORD_UNREADABLE', original: Uint8Array.of(255, 255), place: { partition, position: positions[0] } });
    expect(cut).toMatchObject({ tenant: 't', reason: 'RECORD_UNREADABLE', original: broken, place: { partition, position: positions[1] } });
  });

  it('is found in its batch and passed over, whatever comes before and after it is applied, once', async () => {
    const log = new InMemoryEventLog();
    const click = (eventId: string) => event({ userId: 'ann', eventId });
    await write(log, click('1'), click('2'), profile('poison'), click('3'), profile('fine'), profile('poison'), click('2'));
    fixture = await start(log, new MemoryStateStore(), new BreakingDocuments());
    await fixture.caughtUp();
    const [{ record }] = await stateOf(user('ann')) as [features.UserStateResult];
    expect(new UserStateView(record).interactions).toBe(3);
    expect((await fixture.client.readUserProfile({ user: user('ann') })).profile).toMatchObject({ id: 'fine' });
    expect(await reported(fixture, 2)).toMatchObject([{ tenant: 't', userId: 'ann', reason: 'EVENT_UNPROCESSABLE', detail: 'It breaks.', place: { partition: partitionOfUser('ann') } }, {}]);
  });

  it('blocks nothing though it can not be reported', async () => {
    fixture.ingestion.fails = 'before';
    await fixture.log.append([{ partition: partitionOfUser('ann'), bytes: Uint8Array.of(255) }]);
    await fixture.apply(event({ userId: 'ann' }));
    expect((await stateOf(user('ann')))[0]!.status).toBe(ReadStatus.PRESENT);
  });
});

describe('ListUserEvents', () => {
  it('answers the newest first, page by page, with the ids of items that are known', async () => {
    const list = ['a', 'b', 'c'].map((itemId, i) => event({ userId: 'ann', eventId: itemId, type: 'rating', value: i, items: [{ itemId }], eventTimeMs: NOW + i }));
    const positions = await fixture.apply(itemChange('a'), itemChange('c'), ...list);
    const first = await fixture.client.listUserEvents({ user: user('ann'), pageSize: 2 });
    expect(first.events.map(({ type, itemId, value, eventTimeMs }) => [type, itemId, value, eventTimeMs])).toEqual([['rating', 'c', 2, NOW + 2], ['rating', '', 1, NOW + 1]]);
    expect(first).toMatchObject({ partition: partitionOfUser('ann'), position: positions.at(-1) });
    const second = await fixture.client.listUserEvents({ user: user('ann'), pageSize: 2, pageToken: first.nextPageToken });
    expect(second.events.map(({ itemId }) => itemId)).toEqual(['a']);
    expect(second.nextPageToken).toBe('');
    await expect(fixture.client.listUserEvents({ user: user('ann'), pageSize: 2, pageToken: '!' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'PAGE_TOKEN_INVALID' });
  });
});

describe('ReadUserProfile', () => {
  it('answers what is known of a user besides what the user did', async () => {
    const attributes = { city: { value: { case: 'text' as const, value: 'Oslo' } } };
    await fixture.apply(event({ userId: 'ann', type: '$user', items: [], payload: { case: 'userChange', value: { kind: events.ChangeKind.PUT, user: { id: 'ann', attributes } } } }), event({ userId: 'bob' }));
    expect(await fixture.client.readUserProfile({ user: user('ann') })).toMatchObject({ status: ReadStatus.PRESENT, profile: { id: 'ann', attributes } });
    for (const id of ['bob', 'nobody']) expect(await fixture.client.readUserProfile({ user: user(id) })).toMatchObject({ status: ReadStatus.MISSING });
  });
});

describe('the catalogue', () => {
  const ids = Array.from({ length: 7 }, (_, i) => `item-${i}`);

  it('is read by ordinal and by id, and listed without what was deleted', async () => {
    await fixture.apply(...ids.map((id) => itemChange(id)), itemChange(ids[3]!, events.ChangeKind.DELETE));
    const listed: string[] = [];
    let pageToken = '';
    do {
      const page = await fixture.client.listItems({ tenant: 't', pageSize: 3, pageToken });
      listed.push(...page.entries.map(({ item }) => item!.id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(listed.sort()).toEqual(ids.filter((_, i) => i !== 3));
    const { results: [byId, unknown] } = await fixture.client.readItems({ tenant: 't', ids: [ids[3]!, 'nothing'] });
    expect(byId).toMatchObject({ status: ReadStatus.PRESENT, entry: { version: 2, deleted: true, item: { id: ids[3], title: '' } } });
    expect(unknown!.status).toBe(ReadStatus.MISSING);
    const { results: [byOrdinal] } = await fixture.client.readItems({ tenant: 't', ordinals: bytesOf(Int32Array.of(byId!.entry!.ordinal)) });
    expect(byOrdinal!.entry).toEqual(byId!.entry);
  });

  it('is watched: everything, then each change, and from the positions that a watcher knows only what is new', async () => {
    await fixture.apply(...ids.map((id) => itemChange(id)));
    const seen: string[] = [];
    let positions = new Uint8Array(0);
    for await (const batch of fixture.client.watchCatalogue({ tenant: 't' }, {})) {
      seen.push(...batch.entries.map(({ item }) => item!.id));
      positions = Uint8Array.from(batch.positions);
      if (batch.caughtUp && seen.length === ids.length) await fixture.apply(itemChange('new'));
      if (seen.includes('new')) break;
    }
    expect(seen.sort()).toEqual([...ids, 'new']);
    await fixture.apply(itemChange(ids[0]!, events.ChangeKind.DELETE));
    for await (const batch of fixture.client.watchCatalogue({ tenant: 't', positions }, {})) {
      expect(batch.entries.map(({ item, deleted }) => [item!.id, deleted])).toEqual([[ids[0], true]]);
      break;
    }
    const wrong = async (): Promise<void> => { for await (const _ of fixture.client.watchCatalogue({ tenant: 't', positions: Uint8Array.of(1) }, {})) break; };
    await expect(wrong()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'POSITIONS_INVALID' });
  });

  it('has statistics that are watched: of every item of it, then of those that change', async () => {
    await fixture.apply(itemChange('a'), event({ userId: 'ann', eventId: '1' }), event({ userId: 'bob', eventId: '2', items: [{ itemId: 'not in the catalogue' }] }));
    const rows: Float64Array[] = [];
    for await (const batch of fixture.client.watchItemStatistics({ tenant: 't' }, {})) {
      if (batch.ordinals.length > 0) {
        expect(int32sOf(batch.ordinals)).toHaveLength(1);
        rows.push(Float64Array.from(float64sOf(batch.statistics)));
      }
      if (batch.caughtUp && rows.length === 1) await fixture.apply(event({ userId: 'cid', eventId: '3' }));
      if (rows.length === 2) break;
    }
    expect(rows[0]).toHaveLength(ITEM_STATISTICS_WIDTH);
    expect(rows[1]).not.toEqual(rows[0]);
  });
});

describe('state on a disk that is full for a while', () => {
  it('is seen meanwhile, refuses nothing that is read, and has lost and doubled nothing when it is written again', async () => {
    const [log, store] = [new InMemoryEventLog(), new FailingStore()];
    const other = await start(log, store);
    const people = Array.from({ length: 150 }, (_, n) => `user-${n}`);
    const visits = (round: string) => people.map((userId) => event({ userId, eventId: `${round} ${userId}` }));
    const countsOf = async ({ client }: Fixture): Promise<number[]> =>
      (await client.readUserStates({ requests: people.map(user) })).results.map(({ record }) => new UserStateView(record).interactions);
    await other.apply(...visits('before'));
    store.isFull = true;
    await other.apply(...visits('meanwhile'));
    expect(await countsOf(other)).toEqual(people.map(() => 2));
    // More than may wait, items among it: these partitions stand still, and say so.
    for (let round = 0; round < 12; round++) await write(log, ...visits(`more ${round}`));
    await until(async () => store.refused > PARTITIONS);
    store.isFull = false;
    await other.caughtUp();
    expect(await countsOf(other)).toEqual(people.map(() => 14));
    for (const left of [store, new MemoryStateStore()]) {
      await open.pop()!.close();
      const again = await start(log, left);
      await again.caughtUp();
      expect(await countsOf(again)).toEqual(people.map(() => 14));
    }
  }, 30_000);
});
