import type { StoredRecord } from '../log/event-log.js';

/** Records of a partition as the archive has them, and where to go on. */
export interface ArchivedRecords {
  readonly records: readonly StoredRecord[];
  /** The position after what was looked at: beyond the last record where those after it were erased. */
  readonly next: number;
}

/** The log's records for good, in the log's own positions: what is here may be trimmed there. Failures are UNAVAILABLE. */
export abstract class LogArchive {
  /** At most `max` records of a partition from `from` on (inclusive), in order. `next` is `from` where the archive ends. */
  abstract read(partition: number, from: number, max: number): Promise<ArchivedRecords>;
}
