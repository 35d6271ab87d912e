import type { DeadLetterStore } from '@serendip/events-domain';
import { REDIS_FORMS, redisAddressOf } from '@serendip/platform-redis';
import { DomainError } from '@serendip/shared-errors';
import { LmdbDeadLetterStore } from './lmdb/dead-letters/lmdb-dead-letter-store.js';
import { lmdbPathOf } from './lmdb/lmdb-path.js';

export type OpenDeadLetterStore = DeadLetterStore & { close(): Promise<void> };

/** The store of dead letters at `lmdb:PATH`, or in a Redis or a cluster. INVALID_ARGUMENT/DEAD_LETTERS_URL_INVALID for another URL; what is wrong with the store is said when it is used. */
export async function openDeadLetters(url: string): Promise<OpenDeadLetterStore> {
  const path = lmdbPathOf(url);
  if (path !== undefined) return new LmdbDeadLetterStore(path);
  const address = redisAddressOf(url);
  if (address === undefined) throw new DomainError('INVALID_ARGUMENT', 'DEAD_LETTERS_URL_INVALID', `The URL of the dead letters is not understood: say lmdb:PATH, or ${REDIS_FORMS}.`);
  const { RedisDeadLetterStore } = await import('./redis/dead-letters/redis-dead-letter-store.js');
  return new RedisDeadLetterStore(address);
}
