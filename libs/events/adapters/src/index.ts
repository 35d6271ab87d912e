export { ArchiveWriter, type ArchiveWriterParts, type PartitionRecords } from './archive/archive-writer.js';
export { openFile, readWhole } from './archive/archived-files.js';
export type { ArchivedFile, CommitManifest, EventFile } from './archive/commit-manifest.js';
export { EVENT_COLUMNS } from './archive/event-columns.js';
export { ParquetArchive } from './archive/parquet-archive.js';
export { rewriteArchive, type RewriteParts, type Rewritten } from './archive/rewrite-archive.js';
export type { ArchivedRecord } from './archive/record-file.js';
export { LmdbDeadLetterStore } from './lmdb/dead-letters/lmdb-dead-letter-store.js';
export { openEventLog, type OpenEventLogOptions } from './open-event-log.js';
