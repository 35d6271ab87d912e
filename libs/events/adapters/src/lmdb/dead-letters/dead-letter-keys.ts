import type { DeadLetterPlace } from '@serendip/events-domain';

const TIME_BYTES = 6;
const END_OF_TENANT = '\x01';

export const letterKey = (tenant: string, id: string): Buffer => Buffer.from(`${tenant}\0${id}`);

/** Sorts by tenant, then by the time of the last refusal, then by id. */
export function orderKey(tenant: string, { lastAtMs, id }: DeadLetterPlace): Buffer {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(lastAtMs, 0, TIME_BYTES);
  return Buffer.concat([Buffer.from(`${tenant}\0`), time, Buffer.from(id)]);
}

/** Before every key of a tenant's order, and behind it. */
export const orderRange = (tenant: string): { readonly start: Buffer; readonly end: Buffer } => ({ start: Buffer.from(`${tenant}\0`), end: Buffer.from(`${tenant}${END_OF_TENANT}`) });

export function placeOfKey(tenant: string, key: Buffer): DeadLetterPlace {
  const at = Buffer.byteLength(tenant) + 1;
  return { lastAtMs: key.readUIntBE(at, TIME_BYTES), id: key.toString('utf8', at + TIME_BYTES) };
}
