import { encodeTable, type Column, type ParquetFile } from '@serendip/platform-parquet';
import type { StoredRecord } from '@serendip/events-domain';

/** A record of the log, and whether it is left out of the events: as a repeat, a copy for another partition, or no event at all. */
export interface ArchivedRecord extends StoredRecord {
  readonly partition: number;
  readonly leftOut: boolean;
}

const columns: readonly Column<ArchivedRecord>[] = [
  { name: 'partition', type: 'int', of: ({ partition }) => partition },
  { name: 'position', type: 'long', of: ({ position }) => position },
  { name: 'record', type: 'bytes', of: ({ bytes }) => bytes },
  { name: 'left_out', type: 'flag', of: ({ leftOut }) => leftOut },
];

/** Records by partition and position, a row group for each partition: whoever reads one partition reads no more than that. */
export function encodeRecords(records: readonly ArchivedRecord[]): Uint8Array {
  const groups = [...Map.groupBy(records, ({ partition }) => partition).values()].map(({ length }) => length);
  return encodeTable(columns, records, { rowGroups: groups });
}

/** Rows `from` to `to` (exclusive). */
export async function readRecords(file: ParquetFile, from: number, to: number): Promise<ArchivedRecord[]> {
  const rows = from < to ? await file.rows({ from, to }) : [];
  return rows.map(({ partition, position, record, left_out: leftOut }) => ({
    partition: partition as number, position: position as number, bytes: record as Uint8Array, leftOut: leftOut as boolean,
  }));
}
