import type { ImportCursor, ItemKey, PartitionHead, StoredItem, UserKey } from '@serendip/features-domain';
import type { Hash64 } from '@serendip/shared-identity';
import type { Reply } from './redis-connection.js';

const HASH_BYTES = 8;
const ITEM_HEADER_BYTES = 13;

/** Every key of a partition has its number as the hash tag, so they are in one slot. */
const ofPartition = (partition: number): string => `serendip:state:{${partition}}:`;

/** The first generation, whose keys do not name it: so they were before there were any. */
export const FIRST_GENERATION = 1;

/** What the keys of a generation of a partition begin with. */
export const placeOf = (partition: number, generation: number): string => ofPartition(partition) + (generation === FIRST_GENERATION ? '' : `g${generation}:`);

/** Which keys hold the state of a generation of a partition, by its place. */
export const stateKeys = {
  /** Hash: layout, cursor, sequence, hour, items (JSON). */
  head: (place: string): string => `${place}head`,
  /** String: the record. */
  user: (place: string, { tenant, entity }: UserKey): string => `${place}user:${tenant}\0${entity}`,
  /** Hash: tenant and item hash → row. */
  statistics: (place: string): string => `${place}statistics`,
  /** Sorted set: tenant and item hash, by the cursor of the commit that last changed the row. */
  counted: (place: string): string => `${place}counted`,
  /** String: the item, as `encodeItem` writes it. */
  item: (place: string, tenant: string, ordinal: number | string): string => `${place}item:${tenant}\0${ordinal}`,
  /** Hash: tenant and item hash → ordinal. */
  ordinals: (place: string): string => `${place}ordinals`,
  /** Sorted set: ordinals by the sequence of their newest change. */
  changes: (place: string, tenant: string): string => `${place}changes:${tenant}`,
  /** Sorted set: event ids by the hour they were applied in. */
  events: (place: string): string => `${place}events`,
  /** Hash: import → batch and index. */
  imports: (place: string): string => `${place}imports`,
  /** Sorted set: position (8 bytes) and event, by position. */
  outbox: (place: string): string => `${place}outbox`,
};

/** Which generations a partition has: strings, one number each; one that is missing is the first. */
export const generationKeys = {
  /** The one that is read. */
  live: (partition: number): string => `${ofPartition(partition)}live`,
  /** The newest that was begun: besides the live one, only it may be written. */
  newest: (partition: number): string => `${ofPartition(partition)}newest`,
  /** Up to this one, nothing is left of any but the live one. */
  swept: (partition: number): string => `${ofPartition(partition)}swept`,
};

/** Pattern of every key of a state, in all partitions and generations. */
export const EVERY_KEY = 'serendip:state:{*}:*';

/** Whose a key is; undefined for one that holds no state. */
export function ownerOfKey(key: string): { readonly partition: number; readonly generation: number } | undefined {
  const { partition, generation, rest = '' } = /^serendip:state:\{(?<partition>\d+)\}:(?:g(?<generation>\d+):)?(?<rest>.*)/s.exec(key)?.groups ?? {};
  if (partition === undefined || (generation === undefined && ['live', 'newest', 'swept'].includes(rest))) return undefined;
  return { partition: Number(partition), generation: Number(generation ?? FIRST_GENERATION) };
}

export const generationOf = (value: Reply | undefined): number => Number(value ?? FIRST_GENERATION);

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
