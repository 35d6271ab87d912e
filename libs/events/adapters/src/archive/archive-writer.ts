import type { StoredRecord } from '@serendip/events-domain';
import type { ObjectStore } from '@serendip/platform-objects';
import type { events } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { decodeEvent } from '../decode-event.js';
import { PENDING, commitKey } from './archive-keys.js';
import { commitFiles } from './commit-files.js';
import { encodeManifest, type CommitManifest } from './commit-manifest.js';
import type { ParquetArchive } from './parquet-archive.js';
import type { ArchivedRecord } from './record-file.js';
import { SeenIds, windowStartMs } from './seen-ids.js';

/** What was read of one partition: from the archive's end (`from`) up to `to` (exclusive). */
export interface PartitionRecords {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly records: readonly StoredRecord[];
}

export interface ArchiveWriterParts {
  readonly objects: ObjectStore;
  readonly archive: ParquetArchive;
  /** What shapes the files besides their format, for the manifests. */
  readonly versions: Readonly<Record<string, string>>;
  readonly now: () => number;
}

/** What is known of a tenant's name, so that it may be part of a key. */
const TENANT = /^[A-Za-z0-9_.-]{1,64}$/;
/** What a day can be made of: years of four digits. */
const LAST_MS = Date.UTC(10_000, 0) - 1;

/** Commits what the log holds to its archive, one writer at a time. A commit is there once its manifest is; what a crash left of one is removed. */
export class ArchiveWriter {
  private constructor(private readonly parts: ArchiveWriterParts, private readonly seen: SeenIds, private commits: number) {}

  /** Removes what an unfinished commit left, and reads the event ids of the dedupe window. */
  static async open(parts: ArchiveWriterParts): Promise<ArchiveWriter> {
    const manifests = await parts.archive.commits();
    await removePending(parts.objects, manifests.length);
    return new ArchiveWriter(parts, await seenIds(parts.archive, manifests), manifests.length);
  }

  /** Archives what was read of some partitions, each in position order; resolves once it is durable. */
  async commit(read: readonly PartitionRecords[]): Promise<CommitManifest> {
    const { objects, archive, versions, now } = this.parts;
    const ordered = [...read].sort((a, b) => a.partition - b.partition);
    await this.requireSuccession(ordered);
    const { records, repeats, unreadable, receivedToMs } = this.classify(ordered);
    const commit = this.commits + 1;
    const files = commitFiles(commit, records);
    await objects.put(PENDING, Buffer.from(JSON.stringify({ commit, keys: [...files.bytes.keys()] })));
    for (const [key, bytes] of files.bytes) await objects.put(key, bytes);
    const manifest: CommitManifest = {
      format: 1, commit, committedAt: new Date(now()).toISOString(), versions: { ...versions },
      positions: ordered.map(({ partition, from, to, records: { length } }) => ({ partition, from, to, records: length })),
      logBytes: records.reduce((sum, { bytes: { length } }) => sum + length, 0), records: files.records, events: [...files.events], repeats, unreadable, receivedToMs, rewrites: 0,
    };
    await objects.put(commitKey(commit), encodeManifest(manifest));
    this.commits = commit;
    await archive.refresh();
    return manifest;
  }

  private async requireSuccession(read: readonly PartitionRecords[]): Promise<void> {
    await this.parts.archive.refresh();
    const ends = await this.parts.archive.ends();
    const stray = read.find(({ partition, from }) => ends[partition] !== from);
    if (stray !== undefined) throw new DomainError('ABORTED', 'ARCHIVE_MOVED', `Partition ${stray.partition} is archived to ${ends[stray.partition]}, not to ${stray.from}: somebody else archives this log, too.`);
  }

  private classify(read: readonly PartitionRecords[]) {
    let repeats = 0;
    let unreadable = 0;
    let receivedToMs = 0;
    const records = read.flatMap(({ partition, records: list }) => list.map(({ position, bytes }): ArchivedRecord => {
      const event = eventOf(bytes);
      if (event === undefined) unreadable++;
      else if (isCopy(event) || this.seen.isRepeat(event, partition)) repeats++;
      else {
        receivedToMs = Math.max(receivedToMs, event.receivedAtMs);
        return { partition, position, bytes, leftOut: false };
      }
      return { partition, position, bytes, leftOut: true };
    }));
    return { records, repeats, unreadable, receivedToMs };
  }
}

/** Undefined for what is no event, or names no tenant or time that it could be filed under. */
function eventOf(bytes: Uint8Array): events.Event | undefined {
  const event = decodeEvent(bytes);
  return event !== undefined && TENANT.test(event.tenant) && event.eventTimeMs >= 0 && event.eventTimeMs <= LAST_MS ? event : undefined;
}

/** What a partition sent on stands in its own log, too; only the state that it sent along is new. */
const isCopy = ({ cause, type }: events.Event): boolean => cause !== undefined && type !== '$merge';

async function removePending(objects: ObjectStore, commits: number): Promise<void> {
  const bytes = await objects.get(PENDING);
  if (bytes === undefined) return;
  const { commit, keys } = JSON.parse(Buffer.from(bytes).toString()) as { commit: number; keys: readonly string[] };
  if (commit > commits) for (const key of keys) await objects.delete(key);
}

/** The ids of what was received lately enough that it may come again. */
async function seenIds(archive: ParquetArchive, manifests: readonly CommitManifest[]): Promise<SeenIds> {
  const seen = new SeenIds();
  const newestMs = Math.max(0, ...manifests.map(({ receivedToMs }) => receivedToMs));
  for (const { positions, receivedToMs } of manifests) {
    if (receivedToMs < windowStartMs(newestMs)) continue;
    for (const { partition, from, to } of positions) {
      for (let next = from; next < to;) {
        const page = await archive.read(partition, next, 10_000);
        for (const { position, bytes } of page.records) {
          const event = position < to ? eventOf(bytes) : undefined;
          if (event !== undefined && !isCopy(event)) seen.isRepeat(event, partition);
        }
        next = page.next;
      }
    }
  }
  return seen;
}
