import type { DeadLetter, DeadLetterPlace } from '@serendip/events-domain';

/** A row is the length of its JSON (32 bits, little-endian), the JSON of all fields but the original, the original. */
const HEADER_BYTES = 4;
const TIME_BYTES = 6;
const END_OF_TENANT = '\x01';

/** What an entry of the order says without its row. */
export interface OrderFacts {
  readonly reason: string;
  readonly userId: string;
}

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

export const encodeFacts = ({ reason, userId }: OrderFacts): Buffer => Buffer.from(JSON.stringify({ reason, userId }));

export const decodeFacts = (bytes: Buffer): OrderFacts => JSON.parse(bytes.toString()) as OrderFacts;

export function encodeLetter({ original, ...fields }: DeadLetter): Buffer {
  const json = Buffer.from(JSON.stringify(fields));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length);
  return Buffer.concat([header, json, original]);
}

export function decodeLetter(row: Buffer): DeadLetter {
  const at = HEADER_BYTES + row.readUInt32LE();
  return { ...(JSON.parse(row.toString('utf8', HEADER_BYTES, at)) as Omit<DeadLetter, 'original'>), original: Uint8Array.from(row.subarray(at)) };
}
