import { randomFillSync } from 'node:crypto';
import { uuidV7 } from '@serendip/shared-identity';

const ID_BYTES = 16;
/** Random bytes for the next ids: asking for many at once costs little more than asking for one's. */
const pool = Buffer.alloc(256 * ID_BYTES);
let used = pool.length;

/** Fresh random bytes, valid until the next call. */
function randomId(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.subarray(used - ID_BYTES, used);
}

/** A UUIDv7 of now, so that ids sort by time. */
export const newId = (): string => uuidV7(Date.now(), randomId());
