import { randomFillSync } from 'node:crypto';

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

/** 32 random hexadecimal digits. */
export const randomHex = (): string => randomId().toString('hex');

/** A UUIDv7 (RFC 9562): its first 48 bits are epoch milliseconds, so that ids sort by time. */
export function v7(nowMs: number = Date.now()): string {
  const bytes = randomId();
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
