import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterIdOf, type Refusal } from '@serendip/events-domain';
import { deadLetterStoreConformance } from '@serendip/events-domain/testing';
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import { openDeadLetters, type OpenDeadLetterStore } from '../../open-dead-letters.js';

let server: RedisServer;
let cluster: RedisClusterServers;
beforeAll(async () => { [server, cluster] = await Promise.all([RedisServer.start(), RedisClusterServers.start()]); }, 60_000);
afterAll(() => Promise.all([server.remove(), cluster.remove()]));

const opened: OpenDeadLetterStore[] = [];
async function open(url: string): Promise<OpenDeadLetterStore> {
  opened.push(await openDeadLetters(url));
  return opened.at(-1)!;
}

const emptied = async (empty: () => Promise<unknown>): Promise<void> => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await empty();
};

deadLetterStoreConformance('RedisDeadLetterStore', async () => ({ open: () => open(server.url()), reopen: () => open(server.url()), remove: () => emptied(() => server.cli('flushall')) }));
deadLetterStoreConformance('RedisDeadLetterStore in a cluster', async () => ({ open: () => open(cluster.url), reopen: () => open(cluster.url), remove: () => emptied(() => cluster.empty()) }));

describe('RedisDeadLetterStore', () => {
  afterEach(() => emptied(() => server.cli('flushall')));

  const refusal = (original: Uint8Array, atMs = 1): Refusal => ({ tenant: 't', source: 'gateway', reason: 'A', detail: '', userId: '', original, atMs });
  const texts = (letters: readonly { readonly original: Uint8Array }[]): string[] => letters.map(({ original }) => Buffer.from(original).toString());

  it('is one for every process, and counts what several refuse at once', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(server.url())));
    await Promise.all(stores.flatMap((store, s) => Array.from({ length: 25 }, (_, i) => store.add([refusal(Buffer.from('same')), refusal(Buffer.from(`${s}.${i}`))]))));
    const { letters, totals } = await stores[0]!.list('t', { limit: 1_000 });
    expect(totals).toEqual(new Map([['A', 101]]));
    expect(letters).toHaveLength(101);
    expect(await stores[3]!.find('t', [deadLetterIdOf('t', Buffer.from('same'))])).toMatchObject([{ count: 100 }]);
    expect(await stores[1]!.remove('t', letters.map(({ id }) => id))).toBe(101);
    expect(await stores[2]!.list('t', { limit: 10 })).toEqual({ letters: [], totals: new Map(), next: undefined });
  });

  it('keeps 64 MiB of a tenant, and lets the oldest go first', async () => {
    const store = await open(server.url());
    const size = 60 * 1024;
    const many = Math.ceil((64 * 1024 * 1024) / size) + 10;
    let gone = 0;
    const all = Array.from({ length: many }, (_, i) => refusal(Buffer.alloc(size, `${i} `), i));
    for (let i = 0; i < many; i += 50) gone += await store.add(all.slice(i, i + 50));
    expect(gone).toBeGreaterThanOrEqual(10);
    expect(gone).toBeLessThan(30);
    const { letters, totals } = await store.list('t', { limit: 1 });
    expect(totals.get('A')).toBe(many - gone);
    expect(texts(letters)[0]).toMatch(new RegExp(`^${many - 1} `));
  });

  it('says that it failed where there is no Redis, or one that may forget', async () => {
    const evicting = await RedisServer.start('--maxmemory-policy', 'allkeys-lru');
    try {
      const failed = { code: 'UNAVAILABLE', reason: 'DEAD_LETTERS_FAILED' };
      await expect((await open('redis://127.0.0.1:1')).list('t', { limit: 1 })).rejects.toMatchObject(failed);
      await expect((await open(evicting.url())).add([refusal(Buffer.from('a'))])).rejects.toMatchObject({ ...failed, message: expect.stringContaining('maxmemory-policy') });
    } finally {
      await evicting.remove();
    }
    await expect(openDeadLetters('kafka://host/topic')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'DEAD_LETTERS_URL_INVALID' });
  });
});
