import { randomFillSync } from 'node:crypto';
import { uuidV7 } from '@serendip/shared-identity';

const ID_BYTES = 10;
const pool = new Uint8Array(256 * ID_BYTES);
let used = pool.length;

/** A new event id, a UUIDv7 of now. */
export function newEventId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return uuidV7(Date.now(), pool, used - ID_BYTES);
}
