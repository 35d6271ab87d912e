import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { OpenLog } from '@serendip/events-domain';
import { REDIS_FORMS, isRedisUrl, redisAddressOf } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import { LmdbEventLog } from './lmdb/lmdb-event-log.js';
import { lmdbPathOf } from './lmdb/lmdb-path.js';
import type { OpenEventLogOptions } from './open-options.js';

const retryMs = 50;

/**
 * Opens the log at `lmdb:PATH`, in the Redis database `redis://HOST[:PORT][/DATABASE]`, in the cluster
 * `redis-cluster://HOST[:PORT][,HOST[:PORT]…]`, or in the Kafka topic
 * `kafka://HOST[:PORT][,HOST[:PORT]…]/TOPIC`. INVALID_ARGUMENT/LOG_URL_INVALID for
 * another URL; UNAVAILABLE/LOG_MISSING for a reader whose log is not there in time, LOG_FAILED for a server that is not;
 * FAILED_PRECONDITION/LOG_INCOMPATIBLE or LOG_EPOCHS_EXHAUSTED for a log that cannot go on, LOG_ENGINE_UNSAFE for a server that
 * may lose it.
 */
export async function openEventLog(url: string, options: OpenEventLogOptions): Promise<OpenLog> {
  if (isRedisUrl(url)) return openRedis(url, options);
  if (/^kafkas?:/.test(url)) return openKafka(url, options);
  const path = lmdbPathOf(url);
  if (path === undefined) throw new DomainError('INVALID_ARGUMENT', 'LOG_URL_INVALID', `${url} is no event log: say lmdb:PATH, redis://HOST, redis-cluster://HOST,HOST or kafka://HOST/TOPIC.`);
  if (options.mode === 'reader') await appearance(path, options.waitMs ?? 30_000);
  return new LmdbEventLog(path, options);
}

/** The client is loaded only where it is used. */
async function openRedis(url: string, options: OpenEventLogOptions): Promise<OpenLog> {
  const address = redisAddressOf(url);
  if (address === undefined) throw new DomainError('INVALID_ARGUMENT', 'LOG_URL_INVALID', `The URL of the event log is not of the form ${REDIS_FORMS}.`);
  const { RedisEventLog } = await import('./redis/redis-event-log.js');
  return RedisEventLog.open(address, options);
}

/** The client is loaded only where it is used. */
async function openKafka(url: string, options: OpenEventLogOptions): Promise<OpenLog> {
  const [{ parseLogAddress }, { KafkaEventLog }] = await Promise.all([import('./kafka/log-address.js'), import('./kafka/kafka-event-log.js')]);
  return KafkaEventLog.open(parseLogAddress(url), options);
}

/** Waits until a writer has made the log. */
async function appearance(path: string, waitMs: number): Promise<void> {
  const giveUp = performance.now() + waitMs;
  while (!(await exists(join(path, 'durable-ends')))) {
    if (performance.now() >= giveUp) throw new DomainError('UNAVAILABLE', 'LOG_MISSING', 'There is no event log yet: start ingestion first.');
    await wait(retryMs);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
