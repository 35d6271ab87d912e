import type { CatalogueView } from './catalogue-view.js';

/** The rows that may be shown to somebody now. */
export interface RowSet {
  /** 1 for a row of the set; one value for each row of the catalogue. */
  readonly mask: Uint8Array;
  /** The set's rows. */
  readonly rows: Int32Array;
}

/**
 * The eligible rows of a catalogue, exact at every moment: built again when the catalogue has changed or when the time is
 * past the next publication or expiry.
 */
export class EligibleRows {
  private revision = -1;
  private fromMs = Infinity;
  private untilMs = -Infinity;
  private current: RowSet = { mask: new Uint8Array(0), rows: new Int32Array(0) };

  constructor(private readonly view: CatalogueView) {}

  at(nowMs: number): RowSet {
    const fresh = this.revision === this.view.catalogueRevision && this.current.mask.length === this.view.columns.size;
    if (!fresh || nowMs < this.fromMs || nowMs >= this.untilMs) this.build(nowMs);
    return this.current;
  }

  private build(nowMs: number): void {
    const { columns, catalogueRevision } = this.view;
    const { live, publishedAtMs, expiresAtMs, size } = columns;
    const mask = new Uint8Array(size);
    const rows = new Int32Array(size);
    let count = 0;
    let fromMs = -Infinity;
    let untilMs = Infinity;
    for (let row = 0; row < size; row++) {
      if (live[row] !== 1) continue;
      const published = publishedAtMs[row]!;
      const expires = expiresAtMs[row]!;
      for (const change of [published, expires]) {
        if (change <= nowMs && change > fromMs) fromMs = change;
        if (change > nowMs && change < untilMs) untilMs = change;
      }
      if (!(published <= nowMs && nowMs < expires)) continue;
      mask[row] = 1;
      rows[count++] = row;
    }
    this.current = { mask, rows: rows.subarray(0, count) };
    this.revision = catalogueRevision;
    this.fromMs = fromMs;
    this.untilMs = untilMs;
  }
}
