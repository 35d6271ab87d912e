import { createHash } from 'node:crypto';
import type { ObjectStore } from '@serendip/platform-objects';
import { encodeTable, type Column } from '@serendip/platform-parquet';

/** A file of an export. */
export interface ExportedFile {
  /** Below the export's folder. */
  readonly path: string;
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

const ROWS_OF_A_FILE = 50_000;

/** Writes a table as files of bounded size, part after part. */
export class TableWriter<Row> {
  readonly files: ExportedFile[] = [];
  private rows: Row[] = [];

  /** @param folder of the export in the object store, ending in '/'. */
  constructor(private readonly objects: ObjectStore, private readonly folder: string, private readonly table: { readonly name: string; readonly columns: readonly Column<Row>[] }) {}

  async add(row: Row): Promise<void> {
    if (this.rows.push(row) >= ROWS_OF_A_FILE) await this.flush();
  }

  /** Writes what is left; a table without rows is one file without rows. */
  async end(): Promise<readonly ExportedFile[]> {
    if (this.rows.length > 0 || this.files.length === 0) await this.flush();
    return this.files;
  }

  private async flush(): Promise<void> {
    const { name, columns } = this.table;
    const bytes = encodeTable(columns, this.rows);
    const path = `${name}/part-${String(this.files.length + 1).padStart(5, '0')}.parquet`;
    const key = `${this.folder}${path}`;
    await this.objects.put(key, bytes);
    this.files.push({ path, key, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, rows: this.rows.length });
    this.rows = [];
  }
}
