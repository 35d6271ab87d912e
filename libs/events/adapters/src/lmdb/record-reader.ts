import type { StoredRecord } from '@serendip/events-domain';
import { chunkRecords, readChunk, type Range } from './chunk.js';
import type { LogEnvironment } from './log-environment.js';
import { positionOfKey, recordKey } from './record-key.js';

/** Reads records by position from the chunks that hold them. */
export class RecordReader {
  private snapshotEnds: readonly number[] = [];

  constructor(private readonly environment: LogEnvironment) {}

  /** At most `max` records of a partition from `from` on, before the durable `ends`. */
  read(partition: number, from: number, max: number, ends: readonly number[]): readonly StoredRecord[] {
    const end = ends[partition]!;
    const found: StoredRecord[] = [];
    if (max <= 0 || from >= end) return found;
    this.renew(ends);
    const range = { from, end, max };
    const next = this.readOneByOne(partition, range, found);
    if (next >= end || found.length >= max) return found;
    for (const { key, value } of this.environment.records.getRange({ start: this.startOf(partition, next), end: recordKey(partition, end) })) {
      readChunk(value, positionOfKey(key), { from: next, end, max }, found);
      if (found.length >= max) break;
    }
    return found;
  }

  /** Up to `limit` keys of chunks that end at or before a position. */
  chunksBefore(partition: number, before: number, limit: number): readonly Buffer[] {
    const keys: Buffer[] = [];
    const range = { start: recordKey(partition, 0), end: recordKey(partition, before), limit };
    for (const { key, value } of this.environment.records.getRange(range)) {
      if (positionOfKey(key) + chunkRecords(value) <= before) keys.push(key);
    }
    return keys;
  }

  /** Reads on while a chunk begins just where the one before ended, which costs a fraction of a cursor; answers how far it came. */
  private readOneByOne(partition: number, { from, end, max }: Range, found: StoredRecord[]): number {
    let next = from;
    while (next < end && found.length < max) {
      const chunk = this.environment.records.get(recordKey(partition, next));
      if (chunk === undefined) break;
      readChunk(chunk, next, { from, end, max }, found);
      next += chunkRecords(chunk);
    }
    return next;
  }

  /** What is durable may be newer than the snapshot that LMDB reads in. */
  private renew(ends: readonly number[]): void {
    if (ends === this.snapshotEnds) return;
    this.environment.root.resetReadTxn();
    this.snapshotEnds = ends;
  }

  /** The key of the chunk that holds `from`, or where the next one would be. */
  private startOf(partition: number, from: number): Buffer {
    const exact = recordKey(partition, from);
    const [before] = [...this.environment.records.getKeys({ start: exact, end: recordKey(partition, 0), reverse: true, limit: 1 })];
    return before ?? exact;
  }
}
