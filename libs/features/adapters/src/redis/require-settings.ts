import type { RedisAddress } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import type { RedisConnection } from './redis-connection.js';

/** How long is tried to reach a store when it is opened, in milliseconds. */
const OPEN_MS = 5000;

/**
 * Throws FAILED_PRECONDITION/STATE_STORE_SETTING unless every node that can be reached keeps what it was given. A Redis that forgets
 * everything, cursors and all, is filled again from the log; one that forgets single keys has wrong state, and nobody knows.
 */
export async function requireSettings(connection: RedisConnection, { isCluster }: RedisAddress): Promise<void> {
  for (const { node, info } of await connection.within(OPEN_MS, () => connection.describeNodes())) {
    requireFact(node, info, 'maxmemory_policy', 'noeviction', 'set maxmemory-policy noeviction, or state would be forgotten key by key');
    if (isCluster) requireFact(node, info, 'redis_mode', 'cluster', 'set cluster-enabled yes, or name this Redis as redis://host:port/database');
    else requireFact(node, info, 'redis_mode', 'standalone', 'name the cluster as redis-cluster://host:port,host:port, or set cluster-enabled no');
  }
}

function requireFact(node: string, info: string, fact: string, value: string, remedy: string): void {
  const found = new RegExp(`^${fact}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  if (found === value) return;
  throw new DomainError('FAILED_PRECONDITION', 'STATE_STORE_SETTING', `Redis at ${node} cannot keep state: its ${fact} is '${found ?? 'unknown'}' and must be '${value}': ${remedy}.`);
}
