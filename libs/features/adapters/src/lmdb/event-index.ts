import { DEDUPE_HOURS, type AppliedEvent, type PartitionHead } from '@serendip/features-domain';
import type { Hash64 } from '@serendip/shared-identity';
import type { StateTables } from './state-tables.js';

const KEY_BYTES = 9;
const HASH_BYTES = 8;
const HOUR_BYTES = 4;
/** Buckets that one commit forgets, at most: what is behind is caught up with by the next ones. */
const MOST_BUCKETS = 4;

export type Write = () => void;

function eventKey(partition: number, { lo, hi }: Hash64): Buffer {
  const key = Buffer.allocUnsafeSlow(KEY_BYTES);
  key[0] = partition;
  key.writeUInt32BE(hi, 1);
  key.writeUInt32BE(lo, 5);
  return key;
}

/** Which event ids were applied, and in which hour; ids of the same commit and hour are kept together so that they go together. */
export class EventIndex {
  constructor(private readonly tables: Pick<StateTables, 'events' | 'eventHours'>) {}

  hourOf(partition: number, hash: Hash64): number | undefined {
    return this.tables.events.get(eventKey(partition, hash))?.readUInt32LE(0);
  }

  /** Writes that remember these ids and forget some that are older than the dedupe window. */
  writes(partition: number, head: PartitionHead, applied: readonly AppliedEvent[]): Write[] {
    return [...this.forgetting(partition, head.hour - DEDUPE_HOURS), ...this.remembering(partition, head.cursor, applied)];
  }

  private *remembering(partition: number, cursor: number, applied: readonly AppliedEvent[]): Iterable<Write> {
    const { events, eventHours } = this.tables;
    for (const [hour, entries] of Map.groupBy(applied, (event) => event.hour)) {
      const value = Buffer.allocUnsafeSlow(HOUR_BYTES);
      value.writeUInt32LE(hour, 0);
      const bucket = Buffer.allocUnsafeSlow(entries.length * HASH_BYTES);
      for (const [i, { hash }] of entries.entries()) {
        const key = eventKey(partition, hash);
        key.copy(bucket, i * HASH_BYTES, 1);
        yield () => void events.put(key, value);
      }
      yield () => void eventHours.put([partition, hour, cursor], bucket);
    }
  }

  private *forgetting(partition: number, beforeHour: number): Iterable<Write> {
    const { events, eventHours } = this.tables;
    for (const { key, value } of eventHours.getRange({ start: [partition, 0], end: [partition, beforeHour], limit: MOST_BUCKETS })) {
      const bucket = Buffer.from(value);
      const hour = key[1] as number;
      for (let at = 0; at < bucket.length; at += HASH_BYTES) {
        const hash = { hi: bucket.readUInt32BE(at), lo: bucket.readUInt32BE(at + 4) };
        // An id that was applied again, after its window, has a newer bucket.
        if (this.hourOf(partition, hash) === hour) yield () => void events.remove(eventKey(partition, hash));
      }
      yield () => void eventHours.remove(key);
    }
  }
}
