import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryStateStore, PartitionApplier, type StateStore } from '@serendip/features-domain';
import { PARTITION, TENANT, USERS, aStateEvent, allStatistics, anItemChange, applyLog, dumpState, logOf, stateStoreConformance, ITEMS } from '@serendip/features-domain/testing';
import { RedisClusterServers } from '@serendip/platform-redis/testing';
import { isDomainError } from '@serendip/shared-errors';
import { anonymousEntity, hash64, userEntity } from '@serendip/shared-identity';
import { openStateStore } from '../index.js';
import { recordsOf, usersOf, visitorsOf } from '../lmdb/state-writer.fixture.js';
import { MessageDocuments } from '../message-documents.js';

let cluster: RedisClusterServers;
const stores = new Set<StateStore>();

const open = async (options = ''): Promise<StateStore> => {
  const store = await openStateStore(cluster.url + options);
  stores.add(store);
  return store;
};
const closeAll = async (): Promise<void> => {
  await Promise.all([...stores].map((store) => store.close()));
  stores.clear();
};

beforeAll(async () => {
  cluster = await RedisClusterServers.start();
});
afterEach(closeAll);
afterAll(() => cluster.remove());

/** One at a time: a cluster has one database. */
stateStoreConformance('RedisStateStore on a cluster', async () => ({
  open: async () => {
    await cluster.empty();
    return open();
  },
  reopen: async (store) => {
    await store.close();
    return open();
  },
  remove: closeAll,
}));

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const WRITTEN = Array.from({ length: 8 }, (_, partition) => partition);
const LAST = 400;

/** Everything a reader can see of one partition. */
async function dump(store: StateStore, partition: number): Promise<unknown> {
  const entities = [...usersOf[partition]!.map(userEntity), ...visitorsOf[partition]!.map(anonymousEntity)];
  const users = await store.reader.users(entities.map((entity) => ({ tenant: 't', entity })));
  const outbox = await store.outbox.pending(partition, 10_000);
  const items = await store.catalogue.changedItems('t', partition, { after: 0, max: 1000 });
  return { outbox: outbox.map(({ position, bytes }) => [position, hex(bytes)]), head: await store.partitions.head(partition), users: users.map(hex), items: items.map((item) => ({ ...item, document: hex(item.document) })) };
}

async function statisticsOf(store: StateStore): Promise<string[]> {
  const rows = await allStatistics(store.reader);
  return rows.map(({ key, row }) => `${key.hi}.${key.lo} ${row.join()}`).sort();
}

/** Applies a partition's log to its end as its processor does: after a failure it goes on from the store's cursor. Answers how often it had to go back. */
async function applyAll(store: StateStore, partition: number, pauseMs = 0): Promise<number> {
  const applier = new PartitionApplier(partition, { store: store.partitions, documents: new MessageDocuments() });
  let acknowledged = 0;
  let timesBack = 0;
  for (;;) {
    try {
      const { cursor } = await store.partitions.head(partition);
      if (cursor < acknowledged) timesBack++;
      acknowledged = cursor;
      if (cursor >= LAST) return timesBack;
      const from = Math.max(1, cursor);
      const end = Math.min(LAST, from + 1 + ((from * 7) % 4));
      await applier.apply(recordsOf(partition, from, end), { cursor, end });
      acknowledged = end;
      await sleep(pauseMs);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      expect(['STATE_FAILED', 'STALE_OWNER']).toContain(error.reason);
    }
  }
}

describe('a state store in a Redis Cluster', () => {
  it.each([
    ['without a batch that it has acknowledged, from wherever the replica is', ''],
    ['with every batch that it has acknowledged, when a replica must have it', '?replicas=1'],
  ])('goes on after the death of a primary %s', async (_, options) => {
    await cluster.empty();
    const store = await open(options);
    const applying = Promise.all(WRITTEN.map((partition) => applyAll(store, partition, 10)));
    await sleep(300);
    const killed = await cluster.losePrimaryOf('{0}', () => sleep(300));
    await killed.start();
    const [lostOfFirst] = await applying;
    expect(lostOfFirst).toBe(options === '' ? 1 : 0);
    await cluster.settled();
    const expected = new MemoryStateStore();
    for (const partition of WRITTEN) {
      await applyAll(expected, partition);
      expect(await dump(store, partition)).toEqual(await dump(expected, partition));
    }
    expect(await statisticsOf(store)).toEqual(await statisticsOf(expected));
    const everyone = usersOf[0]!.flatMap((_, i) => WRITTEN.map((partition) => ({ tenant: 't', entity: userEntity(usersOf[partition]![i]!) })));
    expect((await store.reader.users([...everyone, { tenant: 'nobody', entity: userEntity('nobody') }])).map(hex)).toEqual([...(await expected.users(everyone)).map(hex), '']);
  }, 60_000);

  it('reads and commits while the slot of a partition moves to another primary', async () => {
    await cluster.empty();
    const store = await open();
    const log = logOf([...Array.from({ length: 20 }, (_, i) => aStateEvent({ eventId: `${i}`, userId: USERS[i % 5]! })), ...ITEMS.map((id) => anItemChange({ id, kind: 'put' }))]);
    await applyLog(store, log);
    const keys = USERS.map((id) => ({ tenant: TENANT, entity: userEntity(id) }));
    const before = await store.reader.users(keys);
    let committing: Promise<number> | undefined;
    await cluster.moveSlotOf(`{${PARTITION}}`, async () => {
      for (const [i, key] of keys.entries()) expect(await store.reader.users([key])).toEqual([before[i]]);
      committing = applyLog(store, logOf([aStateEvent({ eventId: 'later' })], log.length + 1));
    });
    expect(await committing).toBe(1);
    const expected = new MemoryStateStore();
    await applyLog(expected, [...log, ...logOf([aStateEvent({ eventId: 'later' })], log.length + 1)]);
    expect(await dumpState(store)).toEqual(await dumpState(expected));
  }, 30_000);

  it('is refused when one node forgets keys, a replica too', async () => {
    const primaries = await cluster.primaries();
    const replica = cluster.servers.find((server) => !primaries.includes(server))!;
    await replica.cli('config', 'set', 'maxmemory-policy', 'allkeys-lfu');
    await expect(open()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'STATE_STORE_SETTING', message: expect.stringContaining(`127.0.0.1:${replica.port}`) });
    await replica.cli('config', 'set', 'maxmemory-policy', 'noeviction');
  });

  it('fails to read within its time once every node is gone, and goes on when they are back', async () => {
    const store = await open();
    const failsSoon = async (): Promise<void> => {
      const started = performance.now();
      await expect(store.reader.users(USERS.map((id) => ({ tenant: TENANT, entity: userEntity(id) })))).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'STATE_FAILED' });
      await expect(store.catalogue.itemsByHash([{ tenant: TENANT, ...hash64(ITEMS[0]!) }])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(performance.now() - started).toBeLessThan(2000);
    };
    await Promise.all(cluster.servers.map((server) => server.kill()));
    await failsSoon();
    await sleep(3000);
    await failsSoon();
    await Promise.all(cluster.servers.map((server) => server.start()));
    await cluster.settled();
    await applyLog(store, logOf([aStateEvent({ eventId: 'after' })], (await store.partitions.head(PARTITION)).cursor || 1));
  }, 60_000);
});
