import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { elementsOf, writable, type Column } from './column.js';

export interface EncodeOptions {
  /** Rows of each row group, the last repeating; default 50,000. */
  readonly rowGroups?: readonly number[];
  /** Kept with the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const ROWS_OF_A_GROUP = 50_000;
const CREATED_BY = 'serendip';

/** The bytes of a Parquet file with these rows, in order; the same rows give the same bytes. */
export function encodeTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], { rowGroups = [ROWS_OF_A_GROUP], metadata = {} }: EncodeOptions = {}): Uint8Array {
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    columnData: columns.map(({ name, type, of }) => ({ name, data: rows.map((row) => writable(type, of(row))) })),
    schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ name, type }) => elementsOf(name, type))],
    rowGroupSize: rows.length === 0 ? [ROWS_OF_A_GROUP] : [...rowGroups],
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: CREATED_BY,
  });
  return writer.getBytes();
}
