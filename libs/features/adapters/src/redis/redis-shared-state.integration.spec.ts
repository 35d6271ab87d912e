import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import type { StateStore } from '@serendip/features-domain';
import { countedStatisticsConformance, partitionLeasesConformance } from '@serendip/features-domain/testing';
import { RedisClusterServers, RedisServer } from '@serendip/platform-redis/testing';
import { openStateStore } from '../index.js';

let server: RedisServer;
let cluster: RedisClusterServers;
beforeAll(async () => {
  [server, cluster] = await Promise.all([RedisServer.start('--databases', '200'), RedisClusterServers.start()]);
});
afterAll(() => Promise.all([server.remove(), cluster.remove()]));

let databases = 0;
const engines = [
  { name: 'on Redis', place: async () => ({ url: `redis://127.0.0.1:${server.port}/${databases++}`, empty: async () => undefined }) },
  { name: 'on a cluster', place: async () => ({ url: cluster.url, empty: () => cluster.empty() }) },
];

for (const { name, place } of engines) {
  partitionLeasesConformance(`RedisPartitionLeases ${name}`, async () => {
    const { url, empty } = await place();
    await empty();
    const [one, other] = [await openStateStore(url), await openStateStore(url)];
    return { leases: [one.shared!.leases, other.shared!.leases], pass: (ms) => sleep(ms), remove: async () => { await Promise.all([one.close(), other.close()]); } };
  }, { runs: 20 });

  countedStatisticsConformance(`RedisCountedStatistics ${name}`, async () => {
    const opened: StateStore[] = [];
    return {
      open: async () => {
        const { url, empty } = await place();
        await empty();
        opened.push(await openStateStore(url));
        return opened.at(-1)!;
      },
      remove: async () => { await Promise.all(opened.map((store) => store.close())); },
    };
  });
}
