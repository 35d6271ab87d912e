import { afterEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import type { PartitionCommit, PartitionLeases, PartitionStore, SharedState } from '@serendip/features-domain';
import { SharedMemoryStateStore } from '@serendip/features-domain/testing';
import { features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS, hash64, partitionOf, userEntity } from '@serendip/shared-identity';
import { UserStateView, float64sOf, statisticColumn } from '@serendip/shared-layouts';
import { Fixture, event, identify, itemChange, until, write } from './feature-store.fixture.js';

const LEASE_MS = 600;
/** Nobody answers there. */
const NOWHERE = '127.0.0.1:1';
const PEOPLE = Array.from({ length: 200 }, (_, n) => `user-${n}`);
const ITEMS = Array.from({ length: 40 }, (_, n) => `item-${n}`);
const TOTAL = statisticColumn('engagement_total');
const user = (userId: string) => ({ tenant: 't', userId });
const clicks = (round: string) => PEOPLE.map((userId, n) => event({ userId, eventId: `${round} ${userId}`, items: [{ itemId: ITEMS[n % ITEMS.length]! }] }));

/** State that can not be written for a while. */
class RefusingStore extends SharedMemoryStateStore {
  refuses: (partition: number) => boolean = () => false;

  override async commit(partition: number, expectedCursor: number, commit: PartitionCommit): Promise<void> {
    if (this.refuses(partition)) throw new DomainError('UNAVAILABLE', 'STATE_FAILED', 'It can not be written.');
    await super.commit(partition, expectedCursor, commit);
  }
}

/** The shared state as one replica reaches it: may be cut off. */
function viewOf(store: SharedMemoryStateStore) {
  const view = { isCut: false };
  const reached = <T extends unknown[], R>(ask: (...args: T) => Promise<R>) => async (...args: T): Promise<R> => {
    if (view.isCut) throw new DomainError('UNAVAILABLE', 'STATE_FAILED', 'It is cut off.');
    return ask(...args);
  };
  const partitions: PartitionStore = { head: reached((p) => store.head(p)), find: reached((p, wanted) => store.find(p, wanted)), commit: reached((p, cursor, commit) => store.commit(p, cursor, commit)) };
  const { leases } = store.shared;
  const shared: SharedState = { counted: store, whenSwitched: (listener) => store.shared.whenSwitched(listener), leases: { renew: reached((who, options) => leases.renew(who, options)), leave: reached((id) => leases.leave(id)) } satisfies PartitionLeases };
  const reader = { users: reached((keys: Parameters<typeof store.users>[0]) => store.users(keys)), statistics: (partition: number) => store.statistics(partition) };
  return Object.assign(view, { partitions, shared, reader, catalogue: store.catalogue, outbox: store.outbox, close: async () => undefined });
}

const open: Fixture[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function join(store: ReturnType<typeof viewOf> | SharedMemoryStateStore, events: InMemoryEventLog, address?: string): Promise<Fixture> {
  const replica = await Fixture.start(events, store, undefined, { leaseMs: LEASE_MS, ...(address === undefined ? {} : { address }) });
  open.push(replica);
  return replica;
}

const ownedBy = ({ follower }: Fixture): number => follower.owned.length;
const sharedOut = (...replicas: Fixture[]): Promise<void> => until(async () => replicas.every((one) => Math.abs(ownedBy(one) - PARTITIONS / replicas.length) < 1));
const results = async ({ client }: Fixture) => (await client.readUserStates({ requests: PEOPLE.map(user) })).results;
const counts = async (replica: Fixture): Promise<number[]> => (await results(replica)).map(({ record }) => new UserStateView(record).interactions);
const allHave = (count: number): number[] => PEOPLE.map(() => count);

async function start(replicas: number): Promise<{ readonly log: InMemoryEventLog; readonly store: RefusingStore; readonly all: readonly Fixture[] }> {
  const [events, store] = [new InMemoryEventLog(), new RefusingStore()];
  const all: Fixture[] = [];
  for (let i = 0; i < replicas; i++) all.push(await join(store, events));
  await sharedOut(...all);
  return { log: events, store, all };
}

describe('replicas of a feature store over one state', () => {
  it('share the partitions out when one joins and when one leaves, and lose and double nothing', async () => {
    const { log: events, store, all: [first] } = await start(1);
    await write(events, ...clicks('alone'));
    const second = await join(store, events);
    for (let i = 0; i < 10; i++) {
      await write(events, ...clicks(`joining ${i}`));
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    await sharedOut(first!, second);
    await first!.caughtUp();
    expect(await Promise.all([first!, second].map(counts))).toEqual([allHave(11), allHave(11)]);
    await write(events, ...clicks('leaving'));
    await open.shift()!.close();
    await until(async () => ownedBy(second) === PARTITIONS);
    await second.caughtUp();
    expect(await counts(second)).toEqual(allHave(12));
  }, 30_000);

  it('answer for each other what is seen and not written, and that it is of this moment', async () => {
    const { all: [one, other], store } = await start(2);
    store.refuses = () => true;
    await write(one!.log, ...clicks('1'));
    await until(async () => (await Promise.all([one!, other!].map(counts))).flat().every((count) => count === 1));
    for (const { ageMs } of await results(other!)) expect(ageMs).toBeLessThan(2000);
    expect(await store.users(PEOPLE.map((id) => ({ tenant: 't', entity: userEntity(id) })))).toEqual(PEOPLE.map(() => undefined));
    const { profile, status } = await other!.client.readUserProfile({ user: user('user-1') });
    expect([profile, status]).toEqual([undefined, features.ReadStatus.MISSING]);
    const listed = await Promise.all([one!, other!].map(({ client }) => client.listUserEvents({ user: user('user-1'), pageSize: 5 })));
    expect(listed[0]!.events).toHaveLength(1);
    expect(listed[1]).toEqual(listed[0]);
    store.refuses = () => false;
  }, 30_000);

  it('take over what one had that is cut off for longer than its lease; it lets go, and comes back for its share', async () => {
    const [events, store] = [new InMemoryEventLog(), new SharedMemoryStateStore()];
    const [cut, whole] = [viewOf(store), viewOf(store)];
    const [stale, other] = [await join(cut, events), await join(whole, events)];
    await sharedOut(stale, other);
    await stale.apply(...clicks('before'));
    cut.isCut = true;
    await write(events, ...clicks('meanwhile'));
    await until(async () => ownedBy(other) === PARTITIONS);
    await until(async () => ownedBy(stale) === 0);
    await other.caughtUp();
    expect(await counts(other)).toEqual(allHave(2));
    cut.isCut = false;
    await sharedOut(stale, other);
    await write(events, ...clicks('after'));
    await until(async () => (await counts(stale)).every((count) => count === 3));
    expect(await counts(other)).toEqual(allHave(3));
  }, 30_000);

  it('answer from the store, and how old that is, while an owner does not answer', async () => {
    const { log: events, store, all: [one] } = await start(1);
    const other = await join(store, events, NOWHERE);
    await sharedOut(one!, other);
    await other.apply(...clicks('1'));
    const everyone = PEOPLE.map((id) => ({ tenant: 't', entity: userEntity(id) }));
    await until(async () => (await store.users(everyone)).every((record) => record !== undefined));
    const theirs = PEOPLE.filter((id) => other.follower.owns(partitionOf('t', userEntity(id))));
    const read = async () => (await one!.client.readUserStates({ requests: theirs.map(user) })).results;
    expect((await read()).map(({ record }) => new UserStateView(record).interactions)).toEqual(theirs.map(() => 1));
    for (const { ageMs } of await read()) expect(ageMs).toBeLessThan(2000);
    store.refuses = (partition) => other.follower.owns(partition);
    const atMs = Date.now();
    await write(events, ...clicks('2'));
    await until(async () => Date.now() > atMs + 400);
    for (const { record, ageMs } of await read()) {
      expect(new UserStateView(record).interactions).toBe(1);
      expect(ageMs).toBeGreaterThanOrEqual(400);
      expect(ageMs).toBeLessThan(Date.now() - atMs + 400);
    }
  }, 30_000);

  it('bring a visitor to the user whose partition another has', async () => {
    const { all: [one, other] } = await start(2);
    const visitors = PEOPLE.slice(0, 40).map((id) => `visitor-${id}`);
    await one!.apply(...visitors.map((anonymousId) => event({ anonymousId, eventId: `visit ${anonymousId}` })), ...visitors.map((anonymousId, n) => identify(anonymousId, PEOPLE[n]!)));
    for (const { client } of [one!, other!]) {
      const read = async () => (await client.readUserStates({ requests: visitors.map((anonymousId) => ({ tenant: 't', anonymousId })) })).results;
      await until(async () => (await read()).every(({ record }) => new UserStateView(record).interactions === 1));
      expect((await read()).map(({ mergedInto }) => mergedInto)).toEqual(PEOPLE.slice(0, 40));
    }
  }, 30_000);

  it('tell of every partition, whoever is asked', async () => {
    const { log: events, all } = await start(3);
    await all[0]!.apply(...clicks('1'));
    const ends = await events.ends();
    const tell = async ({ client }: Fixture) => ({ partitions: (await client.getProgress({})).partitions, owners: (await client.getPartitionOwners({})).owners });
    let told: Awaited<ReturnType<typeof tell>>[] = [];
    // What a replica knows of the others' partitions is as of its last renewal.
    await until(async () => {
      told = await Promise.all(all.map(tell));
      return told.every(({ partitions, owners }) => partitions.every(({ owner }, partition) => owner === told[0]!.owners[partition] && owner === owners[partition]));
    });
    for (const { partitions } of told) {
      expect(partitions.map(({ partition, cursor, lagRecords, lagSeconds }) => [partition, cursor, lagRecords, lagSeconds])).toEqual(ends.map((end, partition) => [partition, end, 0, 0]));
      expect([...Map.groupBy(partitions, ({ owner }) => owner).values()].map((list) => list.length).sort()).toEqual([21, 21, 22]);
    }
  }, 30_000);
});

describe('the streams of each replica', () => {
  it('have items that any of them applies', async () => {
    const { all } = await start(2);
    const seen = all.map(() => new Set<string>());
    const following = all.map(async ({ client }, i) => {
      for await (const { entries } of client.watchCatalogue({ tenant: 't' }, {})) {
        for (const { item } of entries) seen[i]!.add(item!.id);
        if (seen[i]!.size === 2 * ITEMS.length) return;
      }
    });
    await all[0]!.apply(...ITEMS.map((id) => itemChange(id)));
    await all[1]!.apply(...ITEMS.map((id) => itemChange(`later ${id}`)));
    await Promise.all(following);
  }, 30_000);

  it('have statistics of what all of them count, once, through joining and leaving, and of items that come later', async () => {
    const { log: events, store, all: [first, second] } = await start(2);
    await first!.apply(...ITEMS.slice(1).map((id) => itemChange(id)), ...clicks('1'));
    const totals = new Map<number, number>();
    const watch = new AbortController();
    const following = (async () => {
      for await (const { ordinals, statistics } of second!.client.watchItemStatistics({ tenant: 't' }, { signal: watch.signal })) {
        const rows = float64sOf(statistics);
        const list = new Int32Array(Uint8Array.from(ordinals).buffer);
        list.forEach((ordinal, i) => totals.set(ordinal, rows[i * (rows.length / list.length) + TOTAL]!));
      }
    })().catch(() => undefined);
    await until(async () => totals.size === ITEMS.length - 1);
    const third = await join(store, events);
    await third.apply(...clicks('2'), itemChange(ITEMS[0]!));
    await until(async () => totals.size === ITEMS.length);
    await open.splice(open.indexOf(first!), 1)[0]!.close();
    await write(events, ...clicks('3'));
    const counted = async (): Promise<number> => {
      const rows = await store.totals(ITEMS.map((id) => ({ tenant: 't', ...hash64(id) })));
      return rows.reduce((sum, row) => sum + row[TOTAL]!, 0);
    };
    await until(async () => (await Promise.all([second!, third].map(counts))).flat().every((count) => count === 3));
    const told = (): readonly number[] => [...totals.values()];
    await until(async () => new Set(told().map((total) => total.toFixed(6))).size === 1 && Math.abs(told().reduce((sum, total) => sum + total, 0) - await counted()) < 1e-6);
    watch.abort();
    await following;
  }, 30_000);
});
