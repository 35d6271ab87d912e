import type { RedisAddress } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import type { Durability } from '@serendip/events-domain';
import type { Redis } from 'ioredis';

/** How durable what this Redis acknowledges is by itself. FAILED_PRECONDITION/LOG_ENGINE_UNSAFE for one that may lose or evict it, or is of the other kind. */
export async function requireDurable(client: Redis, { name, isCluster }: RedisAddress): Promise<Durability> {
  const information = await client.info();
  const flush = await flushSetting(client);
  const faults = [
    ...(isCluster && field(information, 'redis_mode') !== 'cluster' ? ['it is no cluster and must be named redis://HOST'] : []),
    ...(!isCluster && field(information, 'redis_mode') === 'cluster' ? ['it is a node of a cluster, which must be named redis-cluster://HOST,HOST'] : []),
    ...(field(information, 'aof_enabled') === '1' ? [] : ['appendonly is no and must be yes']),
    ...(flush === 'no' ? ['appendfsync is no and must be everysec or always'] : []),
    ...(field(information, 'maxmemory_policy') === 'noeviction' ? [] : [`maxmemory-policy is ${field(information, 'maxmemory_policy')} and must be noeviction`]),
  ];
  if (faults.length > 0) throw new DomainError('FAILED_PRECONDITION', 'LOG_ENGINE_UNSAFE', `The Redis at ${name} can not keep the event log: ${faults.join('; ')}.`);
  return flush === 'always' ? 'disk' : 'process';
}

/** The run id of the server: another one after each of its starts. */
export async function runIdOf(client: Redis): Promise<string> {
  return field(await client.info('server'), 'run_id') ?? '';
}

function field(information: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(information)?.[1];
}

/** Undefined where the server does not tell: some that are run for others refuse CONFIG. */
async function flushSetting(client: Redis): Promise<string | undefined> {
  try {
    return ((await client.config('GET', 'appendfsync')) as string[])[1];
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return undefined;
    throw error;
  }
}
