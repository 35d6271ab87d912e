import type { StoredRecord } from '@serendip/events-domain';
import { chunkRecords, readChunk } from './chunk.js';
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
    for (const { key, value } of this.environment.records.getRange({ start: this.startOf(partition, from), end: recordKey(partition, end) })) {
      readChunk(value, positionOfKey(key), range, found);
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
