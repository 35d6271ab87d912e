import { LogArchive, type ArchivedRecords, type StoredRecord } from '@serendip/events-domain';
import type { ObjectStore } from '@serendip/platform-objects';
import type { ParquetFile } from '@serendip/platform-parquet';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { LRUCache } from 'lru-cache';
import { COMMITS, commitKey, commitOfKey } from './archive-keys.js';
import { openFile, requireFile } from './archived-files.js';
import { decodeManifest, type CommitManifest } from './commit-manifest.js';
import { readRecords } from './record-file.js';

const OPEN_FILES = 64;
/** How long the rest of what a page was read of is kept for the next one. */
const REST_MS = 60_000;
/** As many bytes as a few commits may have. */
const REST_BYTES = 256 * 1024 * 1024;

/** The archive of a log as Parquet files in the object store, in commits that are there wholly or not at all. */
export class ParquetArchive extends LogArchive {
  private manifests: CommitManifest[] = [];
  private refreshing: Promise<void> | undefined;
  private readonly files = new LRUCache<string, ParquetFile>({ max: OPEN_FILES });
  /** Records of a partition in a file, while pages of them are read: a file is decoded a row group at a time. */
  private readonly shares = new LRUCache<string, readonly StoredRecord[]>({
    maxSize: REST_BYTES, sizeCalculation: (share) => share.reduce((sum, { bytes }) => sum + bytes.length, 1), ttl: REST_MS, ttlAutopurge: true, updateAgeOnGet: true,
  });

  constructor(private readonly objects: ObjectStore) {
    super();
  }

  /** By partition the position up to which everything is archived (exclusive), as last read; 0 for nothing. Never goes back. */
  async ends(): Promise<readonly number[]> {
    const ends = new Array<number>(PARTITIONS).fill(0);
    for (const { positions } of await this.commits()) for (const { partition, to } of positions) ends[partition] = to;
    return ends;
  }

  /** Every commit as last read, oldest first. Throws DATA_LOSS/ARCHIVE_DAMAGED where one is missing. */
  async commits(): Promise<readonly CommitManifest[]> {
    if (this.manifests.length === 0) await this.refresh();
    return this.manifests;
  }

  /** Reads which commits are new. */
  refresh(): Promise<void> {
    this.refreshing ??= this.readNew().finally(() => { this.refreshing = undefined; });
    return this.refreshing;
  }

  /** Reads a commit again, which may have been written anew. */
  async reload(commit: number): Promise<CommitManifest> {
    const manifest = await this.load(commit);
    if (commit <= this.manifests.length) this.manifests[commit - 1] = manifest;
    return manifest;
  }

  async read(partition: number, from: number, max: number): Promise<ArchivedRecords> {
    let next = from;
    for (let place = await this.placeOf(partition, from); place < this.manifests.length; place++) {
      const range = this.manifests[place]!.positions.find((each) => each.partition === partition);
      if (range === undefined || range.to <= next) continue;
      const share = await this.recordsOf(place, partition);
      const first = firstFrom(share, next);
      const records = share.slice(first, first + max);
      const isLast = first + max >= share.length;
      this.keepShare(shareOf(this.manifests[place]!, partition), isLast ? undefined : share);
      if (records.length > 0) return { records, next: isLast ? range.to : records.at(-1)!.position + 1 };
      next = range.to;
    }
    return { records: [], next };
  }

  /** The first commit that may hold a position; reads what is new when none that is known does. */
  private async placeOf(partition: number, from: number): Promise<number> {
    const holds = ({ positions }: CommitManifest): boolean => positions.some((each) => each.partition === partition && each.to > from);
    const known = this.manifests.findIndex(holds);
    if (known >= 0) return known;
    await this.refresh();
    const found = this.manifests.findIndex(holds);
    return found < 0 ? this.manifests.length : found;
  }

  private async recordsOf(place: number, partition: number): Promise<readonly StoredRecord[]> {
    const manifest = this.manifests[place]!;
    try {
      return await this.recordsIn(manifest, partition);
    } catch (error) {
      // It may have been written anew since it was read.
      this.shares.delete(shareOf(manifest, partition));
      const current = await this.reload(manifest.commit);
      if (current.records.key === manifest.records.key) throw error;
      return this.recordsIn(current, partition);
    }
  }

  private async recordsIn(manifest: CommitManifest, partition: number): Promise<readonly StoredRecord[]> {
    const { records, positions } = manifest;
    const kept = this.shares.get(shareOf(manifest, partition));
    if (kept !== undefined) {
      // What was erased since is in no file any more, and must not come from here.
      await requireFile(this.objects, records);
      return kept;
    }
    let file = this.files.get(records.key);
    if (file === undefined) this.files.set(records.key, (file = await openFile(this.objects, records)));
    let from = 0;
    for (const each of positions) {
      if (each.partition === partition) return readRecords(file, from, from + each.records);
      from += each.records;
    }
    return [];
  }

  /** For the next page; undefined when there is none. */
  private keepShare(name: string, share: readonly StoredRecord[] | undefined): void {
    if (share === undefined) this.shares.delete(name);
    else if (!this.shares.has(name)) this.shares.set(name, share);
  }

  private async readNew(): Promise<void> {
    if (this.manifests.length === 0) {
      const keys = await this.objects.list(COMMITS);
      const read = await Promise.all(keys.map((key) => this.load(commitOfKey(key))));
      const missing = read.findIndex(({ commit }, i) => commit !== i + 1);
      if (missing >= 0) throw new DomainError('DATA_LOSS', 'ARCHIVE_DAMAGED', `Commit ${missing + 1} of the archive is missing: restore '${commitKey(missing + 1)}' from a copy of the object store.`);
      this.manifests = read;
      return;
    }
    for (;;) {
      const key = commitKey(this.manifests.length + 1);
      const bytes = await this.objects.get(key);
      if (bytes === undefined) return;
      this.manifests.push(decodeManifest(key, bytes));
    }
  }

  private async load(commit: number): Promise<CommitManifest> {
    const key = commitKey(commit);
    const bytes = await this.objects.get(key);
    if (bytes === undefined) throw new DomainError('DATA_LOSS', 'ARCHIVE_DAMAGED', `'${key}' of the archive is missing: restore it from a copy of the object store.`);
    return decodeManifest(key, bytes);
  }
}

const shareOf = ({ records: { key } }: CommitManifest, partition: number): string => `${key}#${partition}`;

/** The index of the first record at or after a position. */
function firstFrom(records: readonly StoredRecord[], position: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
