import type { RedisAddress } from '@serendip/platform-redis';
import { Redis, type RedisOptions } from 'ioredis';

/** A node that is silent for so long is passed over. */
const answerMs = 1_000;

/** The primary of a key's slot, as the first of the nodes that answers sees it. Throws what was wrong when none does, or none has the slot. */
export async function primaryOf(key: string, { nodes, access }: RedisAddress): Promise<RedisAddress['nodes'][number]> {
  const options: RedisOptions = { ...access, lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null, connectTimeout: answerMs, commandTimeout: answerMs };
  let fault: unknown;
  for (const node of nodes) {
    const client = new Redis({ ...options, ...node });
    client.on('error', (error: Error) => { fault = error; });
    try {
      await client.connect();
      const slot = await client.cluster('KEYSLOT', key);
      const primary = (await client.cluster('SLOTS')).find(([first, last]) => slot >= first && slot <= last)?.[2];
      // A node that does not know its own name leaves it out.
      if (primary !== undefined) return { host: primary[0] || node.host, port: primary[1] };
      fault = new Error(`no node of the cluster has slot ${slot}`);
    } catch (error) {
      fault ??= error;
    } finally {
      if (client.status !== 'end') client.disconnect();
    }
  }
  throw fault;
}
