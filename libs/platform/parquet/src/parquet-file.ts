import { parquetMetadataAsync, parquetReadObjects, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { readable } from './column.js';

/** Where the bytes of a file are: all of it, or parts as they are asked for. */
export interface FileBytes {
  readonly byteLength: number;
  /** From `start` (inclusive) to `end` (exclusive). */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** Which columns and rows to read; all by default. `to` is exclusive. */
export interface Selection {
  readonly columns?: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

/** A Parquet file that is read in parts: only the row groups and columns that are asked for. */
export class ParquetFile {
  private constructor(private readonly bytes: AsyncBuffer, private readonly metadata: FileMetaData) {}

  /** Reads the file's end, which says where everything is. Rejects for what is no Parquet file. */
  static async open(bytes: FileBytes | Uint8Array): Promise<ParquetFile> {
    const source: AsyncBuffer = bytes instanceof Uint8Array ? inMemory(bytes) : bytes;
    return new ParquetFile(source, await parquetMetadataAsync(source));
  }

  get rowCount(): number {
    return Number(this.metadata.num_rows);
  }

  get columns(): readonly string[] {
    return this.metadata.row_groups.length === 0 ? [] : [...new Set(this.metadata.row_groups[0]!.columns.map(({ meta_data: data }) => data!.path_in_schema[0]!))];
  }

  /** Rows in order, a property for each column that is not NULL; `time` as epoch milliseconds, 64-bit integers as numbers, JSON as text. */
  async rows({ columns, from, to }: Selection = {}): Promise<Record<string, unknown>[]> {
    const rows = await parquetReadObjects({
      file: this.bytes, metadata: this.metadata, utf8: false,
      ...(columns === undefined ? {} : { columns: [...columns] }), ...(from === undefined ? {} : { rowStart: from }), ...(to === undefined ? {} : { rowEnd: to }),
    });
    return rows.map((row) => readable({ ...row }) as Record<string, unknown>);
  }
}

/** A Buffer's slice would be no copy, and its memory that of others. */
function inMemory(bytes: Uint8Array): AsyncBuffer {
  return { byteLength: bytes.length, slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer };
}
