import type { ImportCursor, ItemKey, PartitionHead, StoredItem, UserKey } from '@serendip/features-domain';
import type { Hash64 } from '@serendip/shared-identity';
import type { Reply } from './redis-connection.js';

const HASH_BYTES = 8;
const ITEM_HEADER_BYTES = 13;

/** Every key of a partition has its number as the hash tag, so they are in one slot. */
const keyOf = (partition: number, rest: string): string => `serendip:state:{${partition}}:${rest}`;

/** Which keys hold the state of a partition. */
export const stateKeys = {
  /** Hash: layout, cursor, sequence, hour, items (JSON). */
  head: (partition: number): string => keyOf(partition, 'head'),
  /** String: the record. */
  user: (partition: number, { tenant, entity }: UserKey): string => keyOf(partition, `user:${tenant}\0${entity}`),
  /** Hash: tenant and item hash → row. */
  statistics: (partition: number): string => keyOf(partition, 'statistics'),
  /** Sorted set: tenant and item hash, by the cursor of the commit that last changed the row. */
  counted: (partition: number): string => keyOf(partition, 'counted'),
  /** String: the item, as `encodeItem` writes it. */
  item: (partition: number, tenant: string, ordinal: number | string): string => keyOf(partition, `item:${tenant}\0${ordinal}`),
  /** Hash: tenant and item hash → ordinal. */
  ordinals: (partition: number): string => keyOf(partition, 'ordinals'),
  /** Sorted set: ordinals by the sequence of their newest change. */
  changes: (partition: number, tenant: string): string => keyOf(partition, `changes:${tenant}`),
  /** Sorted set: event ids by the hour they were applied in. */
  events: (partition: number): string => keyOf(partition, 'events'),
  /** Hash: import → batch and index. */
  imports: (partition: number): string => keyOf(partition, 'imports'),
  /** Sorted set: position (8 bytes) and event, by position. */
  outbox: (partition: number): string => keyOf(partition, 'outbox'),
  /** Pattern of all of them, in all partitions. */
  every: 'serendip:state:{*}:*',
};

/** The partition of a key; NaN for one that is not of a partition. */
export const partitionOfKey = (key: string): number => Number(/^serendip:state:\{(\d+)\}:/.exec(key)?.[1]);

export const HEAD_FIELDS = ['cursor', 'items', 'sequence', 'hour'] as const;

/** The head of values for `HEAD_FIELDS`; undefined for none. */
export function headOf([cursor, items, sequence, hour]: readonly Reply[]): PartitionHead | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  return { cursor: Number(cursor), items: JSON.parse(String(items)) as PartitionHead['items'], sequence: Number(sequence), hour: Number(hour) };
}

/** A hash as bytes: hi, lo, big-endian. */
export function hashBytes({ lo, hi }: Hash64): Buffer {
  const bytes = Buffer.allocUnsafe(HASH_BYTES);
  bytes.writeUInt32BE(hi, 0);
  bytes.writeUInt32BE(lo, 4);
  return bytes;
}

/** The field of an item: the tenant, a zero, the hash. */
export const itemField = (key: ItemKey): Buffer => Buffer.concat([Buffer.from(`${key.tenant}\0`), hashBytes(key)]);

export function itemOfField(field: Buffer): ItemKey {
  const at = field.length - HASH_BYTES;
  return { tenant: field.toString('utf8', 0, at - 1), hi: field.readUInt32BE(at), lo: field.readUInt32BE(at + 4) };
}

/** sequence f64 · version u32 · deleted u8 · id length u16 · id · document, big-endian; key and place say the rest. */
export function encodeItem({ id, version, deleted, sequence, document }: StoredItem): Buffer {
  const idBytes = Buffer.from(id);
  const header = Buffer.allocUnsafe(ITEM_HEADER_BYTES + 2);
  header.writeDoubleBE(sequence, 0);
  header.writeUInt32BE(version, 8);
  header.writeUInt8(deleted ? 1 : 0, 12);
  header.writeUInt16BE(idBytes.length, ITEM_HEADER_BYTES);
  return Buffer.concat([header, idBytes, document]);
}

export function decodeItem(tenant: string, ordinal: number, bytes: Buffer): StoredItem {
  const idAt = ITEM_HEADER_BYTES + 2;
  const documentAt = idAt + bytes.readUInt16BE(ITEM_HEADER_BYTES);
  return {
    tenant, ordinal, id: bytes.toString('utf8', idAt, documentAt), version: bytes.readUInt32BE(8), deleted: bytes[12] === 1, sequence: bytes.readDoubleBE(0),
    document: bytes.subarray(documentAt),
  };
}

export const encodeImport = ({ batch, index }: ImportCursor): string => `${batch} ${index}`;

export function decodeImport(value: Reply): ImportCursor | undefined {
  if (value === null) return undefined;
  const [batch, index] = String(value).split(' ').map(Number);
  return { batch: batch!, index: index! };
}
