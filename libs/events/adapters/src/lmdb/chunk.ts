import type { StoredRecord } from '@serendip/events-domain';

/** A chunk holds records of one partition with consecutive positions: u32 count · u32 length of each · their bytes. */
const WORD = 4;

/** A chunk is closed once it has this many bytes, so that one reader's step stays small. */
export const CHUNK_BYTES = 64 * 1024;

/** Writes chunks into a buffer of its own; each is valid until the next. */
export class ChunkWriter {
  private buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);

  write(records: readonly Uint8Array[]): Buffer {
    const header = WORD * (records.length + 1);
    const size = records.reduce((sum, { length }) => sum + length, header);
    if (size > this.buffer.length) this.buffer = Buffer.allocUnsafe(size);
    this.buffer.writeUInt32LE(records.length, 0);
    let at = header;
    for (const [i, record] of records.entries()) {
      this.buffer.writeUInt32LE(record.length, WORD * (i + 1));
      this.buffer.set(record, at);
      at += record.length;
    }
    return this.buffer.subarray(0, size);
  }
}

/** Which records to read. */
export interface Range {
  /** The first position. */
  readonly from: number;
  /** The position after the last. */
  readonly end: number;
  /** How many at most. */
  readonly max: number;
}

const viewOf = (chunk: Uint8Array): DataView => new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);

export const chunkRecords = (chunk: Uint8Array): number => viewOf(chunk).getUint32(0, true);

/** Adds to `into` the records of a chunk that begins at `start`, from position `from` on, until `into` has `max` or `end` is reached. */
export function readChunk(chunk: Uint8Array, start: number, range: Range, into: StoredRecord[]): void {
  const view = viewOf(chunk);
  const count = Math.min(view.getUint32(0, true), range.end - start);
  let at = WORD * (view.getUint32(0, true) + 1);
  for (let i = 0; i < count && into.length < range.max; i++) {
    const length = view.getUint32(WORD * (i + 1), true);
    if (start + i >= range.from) into.push({ position: start + i, bytes: chunk.subarray(at, at + length) });
    at += length;
  }
}
