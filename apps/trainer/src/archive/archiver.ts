import { setTimeout as sleep } from 'node:timers/promises';
import { Erasures, rewriteArchive, type ArchiveWriter, type ParquetArchive, type PartitionRecords } from '@serendip/events-adapters';
import { TRIM_GROUPS, recordsBetween, type ConsumerPositions, type EventLog, type StoredRecord } from '@serendip/events-domain';
import type { ObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import { exportsFolder } from '../data-sets/export/write-export.js';
import { trimmablePositions, type Retention } from './retention.js';

export interface ArchiverParts {
  readonly objects: ObjectStore;
  readonly log: EventLog;
  /** Where the log's writer looks up what it may trim. */
  readonly positions: ConsumerPositions;
  readonly archive: ParquetArchive;
  readonly writer: ArchiveWriter;
  readonly retention: Retention;
  readonly now: () => number;
  readonly options?: Partial<typeof DEFAULTS>;
}

const DEFAULTS = {
  /** A commit is written once so many records wait … */
  records: 50_000,
  /** … or one waits for so long, milliseconds. */
  waitMs: 3_600_000,
  /** Most bytes of records in one commit. */
  bytes: 64 * 1024 * 1024,
};
const LOOK_MS = 1000;
const PAGE = 1000;

/** Follows the log and archives it, from where the archive ends. */
export class Archiver {
  private readonly options: typeof DEFAULTS;
  /** Records and files that are gone from the archive for erasures, since the start. */
  readonly erased = { records: 0, files: 0 };
  private ends: readonly number[] = [];
  private waitingSinceMs: number | undefined;
  private working: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ArchiverParts) {
    this.options = { ...DEFAULTS, ...parts.options };
  }

  /** Follows until the signal, and ends once nothing is being archived; rejects when something fails. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.ends = await this.parts.log.ends();
      if (await this.isDue()) await this.archiveNow();
      await this.inTurn(() => this.release());
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    await this.working;
  }

  /** Archives all that the log holds now; answers the number of the newest commit. */
  archiveNow(): Promise<number> {
    return this.inTurn(async () => {
      const ends = await this.parts.log.ends();
      while (await this.commitSome(ends));
      this.waitingSinceMs = undefined;
      return (await this.parts.archive.commits()).length;
    });
  }

  /** Records that are not archived. */
  async lag(): Promise<number> {
    const archived = await this.parts.archive.ends();
    return this.ends.reduce((sum, end, partition) => sum + recordsBetween(archived[partition]!, end), 0);
  }

  private async isDue(): Promise<boolean> {
    const { now } = this.parts;
    const waiting = await this.lag();
    if (waiting === 0) return false;
    this.waitingSinceMs ??= now();
    return waiting >= this.options.records || now() - this.waitingSinceMs >= this.options.waitMs;
  }

  private async commitSome(ends: readonly number[]): Promise<boolean> {
    const archived = await this.parts.archive.ends();
    const ahead = archived.findIndex((position, partition) => position > ends[partition]!);
    if (ahead >= 0) throw new DomainError('FAILED_PRECONDITION', 'ARCHIVE_OF_ANOTHER_LOG', `Partition ${ahead} is archived to ${archived[ahead]} and the log ends at ${ends[ahead]}: the archive in SERENDIP_OBJECTS is that of another log. Give this log an object store of its own.`);
    const read = await this.read(archived, ends);
    if (read.length === 0) return false;
    await this.parts.writer.commit(await this.withoutErased(read));
    return true;
  }

  /** Whoever is erased in these records goes from the archive before they are committed, and they without the person: what fails is done again. */
  private async withoutErased(read: readonly PartitionRecords[]): Promise<readonly PartitionRecords[]> {
    const { objects, archive } = this.parts;
    const found = new Map(read.map(({ partition, records }) => {
      const erasures = new Erasures();
      for (const record of records) erasures.add(record);
      return [partition, erasures] as const;
    }).filter(([, { size }]) => size > 0));
    if (found.size === 0) return read;
    const rewritten = await rewriteArchive({ objects, archive, partitions: new Set(found.keys()), erases: (record) => found.get(record.partition)!.hides(record) });
    // Training tables name people, and can be made again.
    for (const tenant of new Set([...found.values()].flatMap(({ tenants }) => [...tenants]))) {
      for (const key of await objects.list(exportsFolder(tenant))) await objects.delete(key);
    }
    const kept = read.map((each) => ({ ...each, records: each.records.filter((record) => !(found.get(each.partition)?.hides(record) ?? false)) }));
    this.erased.records += rewritten.records;
    this.erased.files += rewritten.files;
    return kept;
  }

  /** Records of as many partitions as one commit takes; of the last perhaps not all. */
  private async read(archived: readonly number[], ends: readonly number[]): Promise<PartitionRecords[]> {
    const read: PartitionRecords[] = [];
    const room = { records: this.options.records, bytes: this.options.bytes };
    for (const [partition, end] of ends.entries()) {
      const from = archived[partition]!;
      if (room.records <= 0 || room.bytes <= 0) break;
      if (from >= end) continue;
      const records: StoredRecord[] = [];
      for (let next = from; next < end && room.records > 0 && room.bytes > 0;) {
        const page = (await this.parts.log.read(partition, next, Math.min(PAGE, room.records))).filter(({ position }) => position < end);
        if (page.length === 0) break;
        records.push(...page);
        room.records -= page.length;
        room.bytes -= page.reduce((sum, { bytes }) => sum + bytes.length, 0);
        next = page.at(-1)!.position + 1;
      }
      if (records.length > 0) read.push({ partition, from, to: records.at(-1)!.position + 1, records });
    }
    return read;
  }

  /** Says what the log's writer may trim. */
  private async release(): Promise<void> {
    const { archive, positions, retention, now } = this.parts;
    const trimmable = trimmablePositions(await archive.commits(), { ...retention, nowMs: now() });
    const known = await positions.committed(TRIM_GROUPS.archived);
    const moved = trimmable.filter(({ partition, position }) => position > known[partition]!);
    if (moved.length > 0) await positions.commit(TRIM_GROUPS.archived, moved);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.working.then(work);
    this.working = done.catch(() => undefined);
    return done;
  }
}
