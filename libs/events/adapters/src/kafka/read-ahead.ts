import { sequenceOf, type StoredRecord } from '@serendip/events-domain';

const leastBytes = 64 * 1024;
const mostBytes = 1024 * 1024;
/** Beyond so many nobody seems to read them. */
const mostRecords = 5_000;

/** Every record of a partition from an offset on. */
interface Run {
  readonly begin: number;
  readonly records: readonly StoredRecord[];
}

/**
 * Records that came before somebody asked for them: what a fetch brought beyond what was asked for, since Kafka answers in whole
 * batches, and what was told of as new.
 */
export class ReadAhead {
  private readonly rests = new Map<number, Run>();
  private readonly news = new Map<number, Run>();
  private recordBytes = 256;

  /** At most `max` records of a partition from a position on; none where they are not here. Those before it are forgotten. */
  take(partition: number, from: number, max: number): readonly StoredRecord[] {
    for (const runs of [this.rests, this.news]) {
      const run = runs.get(partition);
      if (run === undefined || sequenceOf(from) < run.begin) continue;
      const first = run.records.findIndex(({ position }) => position >= from);
      const taken = first < 0 ? [] : run.records.slice(first, first + max);
      const left = first < 0 ? [] : run.records.slice(first + max);
      if (left.length === 0) runs.delete(partition);
      else runs.set(partition, { begin: sequenceOf(left[0]!.position), records: left });
      if (taken.length > 0) return taken;
    }
    return [];
  }

  /** Takes the news of a partition: every record from an offset on. */
  add(partition: number, begin: number, records: readonly StoredRecord[]): void {
    const known = this.news.get(partition);
    const follow = known !== undefined && sequenceOf(known.records.at(-1)!.position) + 1 === begin && known.records.length < mostRecords;
    this.news.set(partition, follow ? { begin: known.begin, records: [...known.records, ...records] } : { begin, records });
  }

  /** The first `max` of records that were fetched; keeps the rest. */
  keep(partition: number, records: readonly StoredRecord[], max: number): readonly StoredRecord[] {
    const rest = records.slice(max);
    if (rest.length > 0) this.rests.set(partition, { begin: sequenceOf(rest[0]!.position), records: rest });
    else this.rests.delete(partition);
    if (records.length > 0) this.recordBytes = (7 * this.recordBytes + records.reduce((sum, { bytes }) => sum + bytes.length, 0) / records.length) / 8;
    return records.slice(0, max);
  }

  /** How many bytes to ask for to get about so many records. */
  bytesFor(max: number): number {
    return Math.round(Math.min(mostBytes, Math.max(leastBytes, max * (this.recordBytes + 16))));
  }
}
