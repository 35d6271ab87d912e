/** What a Redis answers by itself: pipelined GETs of values of the same bytes, any number of requests under way on one connection a node. */
import { Cluster, Redis } from 'ioredis';
import type { RawReads } from './raw-reads.ts';

/** Keys are spread over a cluster as those of states are, by a hash tag for each of its partitions. */
const PARTITIONS = 64;
const keyOf = (n: number): string => `raw:{${n % PARTITIONS}}:${n}`;

/** Writes so many records of the same size to `redis://…` or `redis-cluster://…` and answers what reads them. */
export async function rawRedisGets(url: string, records: number, bytes: number): Promise<RawReads> {
  const cluster = /^redis-cluster:\/\/(?<nodes>.+)$/.exec(url)?.groups?.['nodes'];
  const client = cluster === undefined ? new Redis(url) : new Cluster(cluster.split(','));
  for (let n = 0; n < records; n++) await client.set(keyOf(n), Buffer.alloc(bytes, n % 256));
  return {
    read: async (first, count) => {
      const values = await Promise.all(Array.from({ length: count }, (_, i) => client.getBuffer(keyOf((first + i) % records))));
      return values.reduce((sum, value) => sum + value!.length, 0);
    },
    close: () => client.disconnect(),
  };
}
