import type { RedisServer } from '@serendip/platform-redis/testing';
import { Redis } from 'ioredis';
import type { Dump } from './dump.ts';
import type { Place } from './places.ts';

const KEY = /^serendip:state:\{(?<partition>\d+)\}:(?:g(?<generation>\d+):)?(?<rest>.*)$/s;
const POINTERS = ['live', 'newest', 'swept'];
const FIRST = '1';

interface StateKey {
  readonly key: Buffer;
  readonly partition: string;
  readonly generation: string;
  readonly rest: string;
}

interface Parts {
  readonly args: readonly string[];
  readonly nodes: () => Promise<readonly RedisServer[]>;
  readonly remove: () => Promise<void>;
}

/** The state that a stack keeps in Redis or in the primaries of a cluster. */
export class RedisState implements Place {
  readonly args: readonly string[];
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    this.args = parts.args;
  }

  /** When rows were last counted is told by where commits ended: how they were cut is not part of the state. */
  async dump(): Promise<Dump> {
    const dump = new Map<string, string>();
    await this.each(async (redis) => {
      for (const { key, partition, rest } of await liveKeys(redis)) {
        for (const [field, value] of await entriesOf(redis, key)) dump.set(`${partition} ${JSON.stringify(rest)} ${field}`, rest === 'counted' ? '' : value);
      }
    });
    return dump;
  }

  async generations(): Promise<number> {
    const found = new Set<string>();
    await this.each(async (redis) => { for (const { generation } of await stateKeys(redis)) found.add(generation); });
    return found.size;
  }

  async damage(): Promise<void> {
    let isDone = false;
    await this.each(async (redis) => {
      const user = (await liveKeys(redis)).find(({ rest }) => rest.startsWith('user:'));
      if (isDone || user === undefined) return;
      isDone = true;
      const record = (await redis.getBuffer(user.key))!;
      record[record.length - 1]! ^= 1;
      await redis.set(user.key, record);
    });
  }

  async empty(): Promise<void> {
    await this.each(async (redis) => { await redis.flushall(); });
  }

  async remove(): Promise<void> {
    await this.parts.remove();
  }

  private async each(work: (redis: Redis) => Promise<void>): Promise<void> {
    for (const { port } of await this.parts.nodes()) {
      const redis = new Redis(port, '127.0.0.1');
      try {
        await work(redis);
      } finally {
        redis.disconnect();
      }
    }
  }
}

async function stateKeys(redis: Redis): Promise<readonly StateKey[]> {
  const found = new Map<string, StateKey>();
  let place = '0';
  do {
    const [next, keys] = await redis.scanBuffer(place, 'MATCH', 'serendip:state:{*}:*', 'COUNT', 1000);
    for (const key of keys) {
      const { partition, generation = FIRST, rest } = KEY.exec(String(key))!.groups!;
      if (!POINTERS.includes(rest!)) found.set(String(key), { key, partition: partition!, generation, rest: rest! });
    }
    place = String(next);
  } while (place !== '0');
  return [...found.values()];
}

async function liveKeys(redis: Redis): Promise<readonly StateKey[]> {
  const keys = await stateKeys(redis);
  const partitions = [...new Set(keys.map(({ partition }) => partition))];
  const live = new Map(await Promise.all(partitions.map(async (partition) => [partition, await redis.get(`serendip:state:{${partition}}:live`) ?? FIRST] as const)));
  return keys.filter(({ partition, generation }) => live.get(partition) === generation);
}

/** Fields and values of a key, as hexadecimal text; a string has one. */
async function entriesOf(redis: Redis, key: Buffer): Promise<readonly (readonly [string, string])[]> {
  const type = await redis.type(key);
  if (type === 'string') return [['', (await redis.getBuffer(key))!.toString('hex')]];
  const flat = (type === 'hash' ? await redis.callBuffer('HGETALL', key) : await redis.callBuffer('ZRANGE', key, '0', '-1', 'WITHSCORES')) as readonly Buffer[];
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[i * 2]!.toString('hex'), flat[i * 2 + 1]!.toString('hex')]);
}
