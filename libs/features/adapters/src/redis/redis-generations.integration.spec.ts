import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryStateStore, WriteBehindStateStore, type Generations, type StateStore } from '@serendip/features-domain';
import { PARTITION, TENANT, USERS, aStateEvent, anItemChange, applierOf, applyLog, dumpState, logOf } from '@serendip/features-domain/testing';
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import { userEntity } from '@serendip/shared-identity';
import { openGeneration, openGenerations, openStateStore } from '../index.js';

let server: RedisServer;
let cluster: RedisClusterServers;
beforeAll(async () => {
  [server, cluster] = await Promise.all([RedisServer.start(), RedisClusterServers.start()]);
}, 60_000);
afterAll(() => Promise.all([server.remove(), cluster.remove()]));

const stores = new Set<StateStore>();
afterEach(async () => {
  await Promise.all([...stores].map((store) => store.close()));
  stores.clear();
});

async function kept<T extends StateStore>(opening: T | Promise<T>): Promise<T> {
  const store = await opening;
  stores.add(store);
  return store;
}

const log = logOf([...['1', '2', '3', '4', '5', '6'].map((eventId) => aStateEvent({ eventId })), anItemChange({ id: 'item-1', kind: 'put', fields: { price: 3 } })]);
const TO_SAY = 'how it goes';
/** Longer than who makes a generation may say nothing. */
const SILENCE_MS = 5500;
const user = { tenant: TENANT, entity: userEntity(USERS[0]!) };

async function made(events = log): Promise<unknown> {
  const store = new MemoryStateStore();
  await applyLog(store, events);
  return dumpState(store);
}

const engines = [
  { name: 'Redis', url: () => server.url(), empty: () => server.cli('flushall'), keysOf: async () => (await server.cli('keys', 'serendip:state:*')).split('\n'), set: (key: string, value: string) => server.cli('set', key, value) },
  {
    name: 'a Redis Cluster', url: () => cluster.url, empty: () => cluster.empty(),
    keysOf: async () => (await Promise.all((await cluster.primaries()).map((one) => one.cli('keys', 'serendip:state:*')))).flatMap((keys) => keys.split('\n')),
    set: async (key: string, value: string) => (await cluster.primaries())[0]!.cli('-c', 'set', key, value),
  },
];

describe.each(engines)('generations of a state in $name', ({ url, empty, keysOf, set }) => {
  async function replica(): Promise<{ readonly store: StateStore; readonly generations: Generations }> {
    const store = await kept(openStateStore(url()));
    return { store, generations: openGenerations(url(), store)! };
  }
  async function begun(): Promise<{ readonly store: StateStore; readonly generations: Generations; readonly next: string; readonly beside: StateStore }> {
    await empty();
    const one = await replica();
    await applyLog(one.store, log.slice(0, 3));
    await one.generations.tell(TO_SAY, { goesOn: true });
    const next = await one.generations.begin();
    return { ...one, next, beside: await kept(openGeneration(next)) };
  }
  const generationsLeft = async (): Promise<readonly string[]> => {
    const held = (await keysOf()).filter((key) => !/\}:(live|newest|swept)$/.test(key) && key !== '');
    return [...new Set(held.map((key) => /\}:g(\d+):/.exec(key)?.[1] ?? '1'))];
  };

  it('are made beside the live one, which every process has until it has the new one', async () => {
    const { store, generations, next, beside } = await begun();
    const other = await replica();
    await applyLog(beside, log);
    for (const each of [store, other.store]) expect(await dumpState(each)).toEqual(await made(log.slice(0, 3)));
    expect(await generations.switchTo(next)).toBeUndefined();
    for (const each of [store, other.store, (await replica()).store]) expect(await dumpState(each)).toEqual(await made());
    await generations.removeOthers();
    expect(await generationsLeft()).toEqual(['2']);
    expect(await dumpState(other.store)).toEqual(await made());
    await generations.tell(TO_SAY, { goesOn: false });
    const again = await generations.begin();
    expect(again).not.toBe(next);
    expect(await dumpState(store)).toEqual(await made());
  });

  it('take no commit of a process that has not heard of the switch, which goes on from the new one', async () => {
    const { generations, next, beside } = await begun();
    const late = await replica();
    const behind = await kept(new WriteBehindStateStore(late.store));
    stores.delete(late.store);
    const stale: number[] = [];
    behind.partitions.whenStale((partition) => stale.push(partition));
    await applyLog(behind, log.slice(0, 4));
    await applyLog(beside, log.slice(0, 6));
    await generations.switchTo(next);
    await expect(behind.flush()).rejects.toMatchObject({ reason: 'STALE_OWNER' });
    expect(stale).toContain(PARTITION);
    await applyLog(behind, log);
    await behind.flush();
    expect(await dumpState(behind)).toEqual(await made());
    expect(await dumpState((await replica()).store)).toEqual(await made());
  });

  it('drop what a process has seen and not written of the one before, as soon as it reads', async () => {
    const { generations, next, beside } = await begun();
    const behind = await kept(new WriteBehindStateStore(await openStateStore(url())));
    await applyLog(behind, log.slice(0, 4));
    await applyLog(beside, log.slice(0, 2));
    await generations.switchTo(next);
    await behind.reader.users([{ tenant: TENANT, entity: userEntity(USERS[1]!) }]);
    for (const partition of [PARTITION]) await behind.written.head(partition);
    expect(await dumpState(behind)).toEqual(await made(log.slice(0, 2)));
    await expect(applierOf(behind).apply(log.slice(4, 5), { cursor: 5, end: 6 })).rejects.toMatchObject({ reason: 'STALE_OWNER' });
    await applyLog(behind, log);
    expect(await behind.reader.users([user])).not.toEqual([undefined]);
  });

  it('are completed by any process once one partition has switched', async () => {
    const { next, beside } = await begun();
    const other = await replica();
    await applyLog(beside, log);
    await set('serendip:state:{0}:live', next.split('#')[1]!);
    expect(await dumpState(other.store)).toEqual(await made(log.slice(0, 3)));
    await other.generations.settle();
    expect(await dumpState(other.store)).toEqual(await made());
  });

  it('are given up when nothing is heard of who makes one: it can neither write nor switch, and nothing is left', async () => {
    const { store, generations, next, beside } = await begun();
    const other = await replica();
    await applyLog(beside, log.slice(0, 4));
    await other.generations.settle();
    expect((await generationsLeft()).toSorted()).toEqual(['1', '2']);
    await sleep(SILENCE_MS);
    await other.generations.settle();
    expect(await generationsLeft()).toEqual(['1']);
    await expect(applierOf(beside).apply(log.slice(4, 5), { cursor: 5, end: 6 })).rejects.toMatchObject({ reason: 'REBUILD_ELSEWHERE' });
    await expect(generations.tell(TO_SAY, { goesOn: true })).rejects.toMatchObject({ reason: 'REBUILD_ELSEWHERE' });
    await expect(generations.switchTo(next)).rejects.toMatchObject({ code: 'ABORTED', reason: 'REBUILD_ELSEWHERE' });
    const before = (await keysOf()).toSorted();
    await other.generations.settle();
    expect((await keysOf()).toSorted()).toEqual(before);
    for (const each of [store, other.store]) expect(await dumpState(each)).toEqual(await made(log.slice(0, 3)));
  }, 20_000);

  it('are made by one process at a time, and every other knows how it goes', async () => {
    const { generations } = await begun();
    const other = await replica();
    await expect(other.generations.tell('mine', { goesOn: true })).rejects.toMatchObject({ reason: 'REBUILD_ELSEWHERE' });
    expect(await other.generations.told()).toEqual({ news: TO_SAY, goesOn: true });
    await generations.tell('done', { goesOn: false });
    expect(await other.generations.told()).toEqual({ news: 'done', goesOn: false });
    await other.generations.tell('mine', { goesOn: true });
    await other.generations.begin();
  });
});

describe('a Redis without memory for a second generation', () => {
  it('is told before anything is made', async () => {
    await server.cli('flushall');
    const store = await kept(openStateStore(server.url()));
    await server.cli('config', 'set', 'maxmemory', '1000000');
    await expect(openGenerations(server.url(), store)!.begin()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'REBUILD_NO_MEMORY', message: expect.stringContaining('maxmemory') });
    await server.cli('config', 'set', 'maxmemory', '0');
  });
});
