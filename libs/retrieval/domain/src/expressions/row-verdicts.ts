import type { ItemColumns } from '@serendip/shared-catalogue';

type Test = (row: number) => boolean;

/**
 * What a filter that asks about the item alone has answered, kept for as long as the item has the same version: a row is asked once, and again only
 * after it has changed. 4 bytes a row.
 */
export class RowVerdicts {
  /** For each row (version + 1) · 2 + verdict; 0 for never asked. */
  private cells = new Uint32Array(0);
  private passing?: { readonly rows: Int32Array; readonly revision: number };

  constructor(private readonly columns: ItemColumns) {}

  /** A row's verdict when it is known to be current. */
  known(row: number): boolean | undefined {
    const cell = this.cells[row];
    return cell === undefined || cell >>> 1 !== this.columns.version[row]! + 1 ? undefined : (cell & 1) === 1;
  }

  ask(row: number, test: Test): boolean {
    const known = this.known(row);
    if (known !== undefined) return known;
    if (row >= this.cells.length) this.grow();
    const verdict = test(row);
    this.cells[row] = ((this.columns.version[row]! + 1) * 2 + (verdict ? 1 : 0)) >>> 0;
    return verdict;
  }

  /** Every row that passes, ascending; asked again when the revision is another. */
  rows(revision: number, test: Test): Int32Array {
    if (this.passing?.revision === revision) return this.passing.rows;
    const rows = new Int32Array(this.columns.size);
    let count = 0;
    for (let row = 0; row < rows.length; row++) if (this.ask(row, test)) rows[count++] = row;
    this.passing = { rows: rows.slice(0, count), revision };
    return this.passing.rows;
  }

  private grow(): void {
    const larger = new Uint32Array(Math.ceil(this.columns.size * 1.25));
    larger.set(this.cells);
    this.cells = larger;
  }
}

/** Bytes of verdicts that one catalogue keeps. */
const MOST_BYTES = 64 << 20;
const MOST_FILTERS = 256;

/** The verdicts of the filters that were used last. */
export class KeptVerdicts {
  private readonly bySource = new Map<string, RowVerdicts>();

  constructor(private readonly columns: ItemColumns) {}

  of(source: string): RowVerdicts {
    const verdicts = this.bySource.get(source) ?? new RowVerdicts(this.columns);
    this.bySource.delete(source);
    this.bySource.set(source, verdicts);
    const most = Math.max(1, Math.min(MOST_FILTERS, Math.floor(MOST_BYTES / (4 * Math.max(1, this.columns.size)))));
    for (const oldest of this.bySource.keys()) {
      if (this.bySource.size <= most) break;
      this.bySource.delete(oldest);
    }
    return verdicts;
  }
}
