import { PARTITIONS } from '@serendip/shared-identity';
import { LogArchive, type ArchivedRecords } from '../archive/log-archive.js';
import type { StoredRecord } from '../log/event-log.js';

/** An archive for tests. */
export class InMemoryLogArchive extends LogArchive {
  private readonly records = Array.from({ length: PARTITIONS }, (): StoredRecord[] => []);
  private readonly archivedEnds = new Array<number>(PARTITIONS).fill(0);

  /** Keeps records of a partition that come after those it has; `end` is the position after the last that was looked at. */
  keep(partition: number, records: readonly StoredRecord[], end: number): void {
    this.records[partition]!.push(...records);
    this.archivedEnds[partition] = end;
  }

  /** Lets the records go that do not pass. */
  erase(partition: number, passes: (record: StoredRecord) => boolean): void {
    this.records[partition] = this.records[partition]!.filter(passes);
  }

  async read(partition: number, from: number, max: number): Promise<ArchivedRecords> {
    const records = this.records[partition]!.filter(({ position }) => position >= from).slice(0, max);
    return { records, next: records.length === max ? records.at(-1)!.position + 1 : Math.max(from, this.archivedEnds[partition]!) };
  }
}
