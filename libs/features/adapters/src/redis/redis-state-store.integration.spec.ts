import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryStateStore, WriteBehindStateStore, type StateStore } from '@serendip/features-domain';
import { PARTITION, TENANT, USERS, aStateEvent, applierOf, applyLog, dumpState, logOf, stateStoreConformance } from '@serendip/features-domain/testing';
import { LosingProxy, RedisServer, until } from '@serendip/platform-redis/testing';
import { userEntity } from '@serendip/shared-identity';
import { openStateStore } from '../index.js';

let server: RedisServer;
const servers: RedisServer[] = [];
const start = async (...options: string[]): Promise<RedisServer> => {
  const started = await RedisServer.start(...options);
  servers.push(started);
  return started;
};

beforeAll(async () => {
  server = await start('--databases', '200');
});
afterAll(() => Promise.all(servers.map((started) => started.remove())));

/** Each store in a database of its own. */
function openPlace(around: (store: StateStore) => StateStore = (store) => store) {
  const urls = new Map<StateStore, string>();
  let databases = 0;
  const openAt = async (url: string): Promise<StateStore> => {
    const store = around(await openStateStore(url));
    urls.set(store, url);
    return store;
  };
  return {
    open: () => openAt(server.url(databases++)),
    reopen: async (store: StateStore) => {
      const url = urls.get(store)!;
      await store.close();
      urls.delete(store);
      return openAt(url);
    },
    remove: async () => {
      await Promise.all([...urls.keys()].map((store) => store.close()));
      await server.cli('flushall');
    },
  };
}

stateStoreConformance('RedisStateStore', async () => openPlace());
stateStoreConformance('WriteBehindStateStore over RedisStateStore', async () => openPlace((store) => new WriteBehindStateStore(store)));

const stores: StateStore[] = [];
afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));

const open = async (url: string): Promise<StateStore> => {
  const store = await openStateStore(url);
  stores.push(store);
  return store;
};

const clicks = (count: number) => logOf(Array.from({ length: count }, (_, i) => aStateEvent({ eventId: `${i}` })));
const key = { tenant: TENANT, entity: userEntity(USERS[0]!) };

/** What an engine that nothing happens to has of a log. */
async function undisturbed(log: ReturnType<typeof clicks>): Promise<unknown> {
  const store = new MemoryStateStore();
  await applyLog(store, log);
  return dumpState(store);
}

describe('a state store in Redis', () => {
  it.each([
    ['redis://127.0.0.1:1,127.0.0.1:2', 'two nodes and no cluster'], ['redis-cluster://127.0.0.1:1/3', 'a database of a cluster'], ['redis://', 'no host'],
    ['redis://secret:word@host:port', 'no port'], ['redis:host', 'no slashes'],
  ])('is not opened by %s: %s', async (url) => {
    const opening = openStateStore(url);
    await expect(opening).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'STATE_STORE_UNKNOWN' });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
  });

  it('is refused by a Redis that forgets keys, and told what to set', async () => {
    for (const policy of ['allkeys-lru', 'volatile-ttl']) {
      const evicting = await start('--maxmemory-policy', policy);
      await expect(openStateStore(evicting.url())).rejects.toMatchObject({
        code: 'FAILED_PRECONDITION', reason: 'STATE_STORE_SETTING', message: expect.stringMatching(new RegExp(`127.0.0.1:${evicting.port}.*'${policy}'.*maxmemory-policy noeviction`)),
      });
    }
  });

  it('is refused by a node of a cluster that is named as a single Redis', async () => {
    const node = await start('--cluster-enabled', 'yes');
    await expect(openStateStore(node.url())).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', message: expect.stringContaining('redis-cluster://') });
  });

  it('commits after Redis has forgotten the script', async () => {
    const store = await open(server.url(150));
    const log = clicks(6);
    await applyLog(store, log.slice(0, 3));
    await server.cli('script', 'flush', 'sync');
    await applyLog(store, log.slice(3));
    expect(await dumpState(store)).toEqual(await undisturbed(log));
  });

  it('commits once what it gets no answer to', async () => {
    const loser = await LosingProxy.start(server.port);
    const store = await open(`redis://127.0.0.1:${loser.port}/151`);
    const log = clicks(8);
    await applyLog(store, log.slice(0, 2));
    for (let i = 2; i < 8; i += 2) {
      loser.loseAnswerTo('evalsha');
      expect(await applyLog(store, log.slice(i, i + 2))).toBe(2);
    }
    expect(loser.lost).toBe(3);
    expect(await dumpState(store)).toEqual(await undisturbed(log));
    loser.close();
  });

  it('is told that somebody else has committed, though its own answer was lost', async () => {
    const loser = await LosingProxy.start(server.port);
    const store = await open(`redis://127.0.0.1:${loser.port}/152`);
    const other = await open(server.url(152));
    await applyLog(other, clicks(5));
    loser.loseAnswerTo('evalsha');
    await expect(applierOf(store).apply(clicks(3), { cursor: 0, end: 4 })).rejects.toMatchObject({ code: 'ABORTED', reason: 'STALE_OWNER' });
    expect(await dumpState(other)).toEqual(await undisturbed(clicks(5)));
    loser.close();
  });

  it('fails to read within its time once Redis is gone, hangs no more when it is silent, and goes on when it is back', async () => {
    const lost = await start('--appendonly', 'yes', '--appendfsync', 'always');
    const store = await open(lost.url());
    const log = clicks(10);
    await applyLog(store, log.slice(0, 5), { cuts: [1] });
    const failsSoon = async (): Promise<void> => {
      const started = performance.now();
      await expect(store.reader.users([key])).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'STATE_FAILED', message: expect.stringContaining(`127.0.0.1:${lost.port}`) });
      await expect(store.catalogue.listItems(TENANT, 0, 10)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(performance.now() - started).toBeLessThan(2000);
    };
    lost.signal('SIGSTOP');
    await failsSoon();
    lost.signal('SIGCONT');
    await until('it reads again', async () => (await store.reader.users([key]))[0] !== undefined);
    await lost.kill();
    await failsSoon();
    const committing = applyLog(store, log.slice(5));
    await lost.start();
    expect(await committing).toBe(5);
    expect(await dumpState(store)).toEqual(await undisturbed(log));
  });

  it('does not open where there is nothing', async () => {
    const gone = await start();
    await gone.kill();
    await expect(openStateStore(gone.url())).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'STATE_FAILED', message: expect.stringContaining('ECONNREFUSED') });
  }, 30_000);

  it('writes nothing of a batch when Redis has no memory for it', async () => {
    const small = await start();
    const store = await open(small.url());
    const log = clicks(4);
    await applyLog(store, log.slice(0, 2));
    const before = await dumpState(store);
    await small.cli('config', 'set', 'maxmemory', '1');
    await expect(applyLog(store, log.slice(2))).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('OOM') });
    expect(await dumpState(store)).toEqual(before);
    await small.cli('config', 'set', 'maxmemory', '0');
    await applyLog(store, log.slice(2));
    expect(await dumpState(store)).toEqual(await undisturbed(log));
  });

  it('does not take a commit for one while no replica has it, if it must', async () => {
    const store = await open(`${server.url(153)}?replicas=1`);
    await expect(applyLog(store, clicks(1))).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('0 of 1 replicas') });
  }, 30_000);

  it('is made again from the log when it has another layout, and leaves other keys alone', async () => {
    const url = server.url(154);
    const log = clicks(4);
    const store = await open(url);
    await applyLog(store, log);
    await server.cli('-n', '154', 'hset', `serendip:state:{${PARTITION}}:head`, 'layout', '1');
    await server.cli('-n', '154', 'set', 'serendip:other', 'kept');
    const rebuilt: number[] = [];
    const again = await openStateStore(url, { onRebuild: (layout) => rebuilt.push(layout) });
    stores.push(again);
    expect(rebuilt).toEqual([1]);
    expect(await server.cli('-n', '154', 'keys', '*')).toBe('serendip:other');
    await applyLog(again, log);
    expect(await dumpState(again)).toEqual(await undisturbed(log));
  });

  it('tells thousands of statistics rows, each once', async () => {
    const store = await open(server.url(155));
    await applyLog(store, logOf(Array.from({ length: 3000 }, (_, i) => aStateEvent({ items: [{ itemId: `item-${i}` }] }))), { cuts: [1500] });
    const rows = new Set<string>();
    let count = 0;
    for await (const { key: { lo, hi } } of store.reader.statistics(PARTITION)) {
      rows.add(`${hi}.${lo}`);
      count++;
    }
    expect([rows.size, count]).toEqual([3000, 3000]);
  });
});
