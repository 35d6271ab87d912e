import type { DeadLetter } from '@serendip/events-domain';

/** A row is the length of its JSON (32 bits, little-endian), the JSON of all fields but the original, the original. */
const HEADER_BYTES = 4;

/** What an entry of the order says without its row. */
export interface OrderFacts {
  readonly reason: string;
  readonly userId: string;
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
