import type { MessageInitShape } from '@bufbuild/protobuf';
import type { UserStateResultSchema } from './generated/serendip/features/v1/feature_store_service_pb.js';

type Result = Required<Pick<MessageInitShape<typeof UserStateResultSchema>, 'status' | 'record' | 'ageMs' | 'mergedInto'>>;

const RESULTS = tagOf(1, 2);
const STATUS = tagOf(1, 0);
const RECORD = tagOf(2, 2);
const AGE_MS = tagOf(3, 1);
const MERGED_INTO = tagOf(4, 2);
const DOUBLE_BYTES = 8;

/**
 * The bytes of a ReadUserStatesResponse, written by hand: it is on the way of every recommendation, its records are most of it, and `toBinary` writes each
 * of them four times.
 */
export function encodeUserStates(results: readonly Result[]): Buffer {
  const sizes = results.map(sizeOf);
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + prefixed(size), 0));
  let at = 0;
  results.forEach((result, i) => {
    bytes[at++] = RESULTS;
    at = writeResult(bytes, writeVarint(bytes, at, sizes[i]!), result);
  });
  return bytes;
}

function writeResult(bytes: Buffer, start: number, { status, record, ageMs, mergedInto }: Result): number {
  let at = start;
  if (status !== 0) {
    bytes[at++] = STATUS;
    at = writeVarint(bytes, at, status);
  }
  if (record.length > 0) {
    bytes[at++] = RECORD;
    at = writeVarint(bytes, at, record.length);
    bytes.set(record, at);
    at += record.length;
  }
  if (!Object.is(ageMs, 0)) {
    bytes[at++] = AGE_MS;
    at = bytes.writeDoubleLE(ageMs, at);
  }
  if (mergedInto !== '') {
    bytes[at++] = MERGED_INTO;
    at = writeVarint(bytes, at, Buffer.byteLength(mergedInto));
    at += bytes.write(mergedInto, at);
  }
  return at;
}

function sizeOf({ status, record, ageMs, mergedInto }: Result): number {
  return (status === 0 ? 0 : 1 + varintBytes(status)) + (record.length === 0 ? 0 : prefixed(record.length)) + (Object.is(ageMs, 0) ? 0 : 1 + DOUBLE_BYTES)
    + (mergedInto === '' ? 0 : prefixed(Buffer.byteLength(mergedInto)));
}

/** A tag, a length and what is so long. */
const prefixed = (length: number): number => 1 + varintBytes(length) + length;

function tagOf(field: number, wireType: number): number {
  return field * 8 + wireType;
}

/** @param value less than 2³². */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes++;
  return bytes;
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
  bytes[at++] = rest;
  return at;
}
