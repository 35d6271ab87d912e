import type { ObjectStore } from '@serendip/platform-objects';
import { REWRITING, commitKey } from './archive-keys.js';
import { openFile } from './archived-files.js';
import { commitFiles } from './commit-files.js';
import { encodeManifest, type CommitManifest } from './commit-manifest.js';
import type { ParquetArchive } from './parquet-archive.js';
import { readRecords, type ArchivedRecord } from './record-file.js';

export interface RewriteParts {
  readonly objects: ObjectStore;
  readonly archive: ParquetArchive;
  /** Only records of these partitions are asked about. */
  readonly partitions: ReadonlySet<number>;
  /** Whether a record has to go. */
  readonly erases: (record: ArchivedRecord) => boolean;
  readonly onProgress?: (share: number) => void;
}

/** Commits that were written anew, files that were replaced, and records that are no more. */
export interface Rewritten {
  readonly commits: number;
  readonly files: number;
  readonly records: number;
}

/**
 * Writes commits anew without some records, each with the same number and positions, and removes the files that held them. May run
 * beside the archiver and readers, one at a time; run again after a crash it finishes what was begun.
 */
export async function rewriteArchive({ objects, archive, partitions, erases, onProgress }: RewriteParts): Promise<Rewritten> {
  await finishRewrite(objects, archive);
  await archive.refresh();
  const commits = await archive.commits();
  const done = { commits: 0, files: 0, records: 0 };
  for (const [i, manifest] of commits.entries()) {
    const records = manifest.positions.some(({ partition }) => partitions.has(partition)) ? await recordsOf(objects, manifest) : [];
    const kept = records.filter((record) => !(partitions.has(record.partition) && erases(record)));
    if (kept.length < records.length) {
      done.files += await replace({ objects, archive }, manifest, kept);
      done.commits++;
      done.records += records.length - kept.length;
    }
    onProgress?.((i + 1) / commits.length);
  }
  return done;
}

async function recordsOf(objects: ObjectStore, { records }: CommitManifest): Promise<ArchivedRecord[]> {
  const file = await openFile(objects, records);
  return readRecords(file, 0, records.rows);
}

/** Answers how many files are no more. */
async function replace({ objects, archive }: Pick<RewriteParts, 'objects' | 'archive'>, manifest: CommitManifest, kept: readonly ArchivedRecord[]): Promise<number> {
  const { commit } = manifest;
  const files = commitFiles(commit, kept);
  await objects.put(REWRITING, Buffer.from(JSON.stringify({ commit, keys: [...new Set([...keysOf(manifest), ...files.bytes.keys()])] })));
  for (const [key, bytes] of files.bytes) await objects.put(key, bytes);
  const counts = Map.groupBy(kept, ({ partition }) => partition);
  await objects.put(commitKey(commit), encodeManifest({
    ...manifest, records: files.records, events: [...files.events], rewrites: manifest.rewrites + 1,
    positions: manifest.positions.map((position) => ({ ...position, records: counts.get(position.partition)?.length ?? 0 })),
  }));
  return finishRewrite(objects, archive);
}

/** Removes what the manifest that was written last does not name, the old files or the new ones. */
async function finishRewrite(objects: ObjectStore, archive: ParquetArchive): Promise<number> {
  const bytes = await objects.get(REWRITING);
  if (bytes === undefined) return 0;
  const { commit, keys } = JSON.parse(Buffer.from(bytes).toString()) as { commit: number; keys: readonly string[] };
  const named = new Set(keysOf(await archive.reload(commit)));
  const gone = keys.filter((key) => !named.has(key));
  for (const key of gone) await objects.delete(key);
  await objects.delete(REWRITING);
  return gone.length;
}

const keysOf = ({ records, events }: CommitManifest): string[] => [records.key, ...events.map(({ key }) => key)];
