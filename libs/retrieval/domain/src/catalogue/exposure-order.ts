import { ITEM_RECORD, type ItemColumns } from '@serendip/shared-catalogue';
import { HALF_LIVES_MS, decayedLog, statisticColumn } from '@serendip/shared-layouts';
import { descendingOrder } from '@serendip/shared-pipeline';

const IMPRESSIONS = statisticColumn('impressions_7d');
const VIEWS = statisticColumn('views_7d');
const CLICKS = statisticColumn('clicks_7d');
/** Sorts what was never shown before everything else; finite, as the order wants it. */
const NEVER = 3e38;

/**
 * How often a row was shown lately, as a logarithm with forward decay, half-life 7 days; -Infinity for never. What was looked at or clicked on was shown,
 * whether or not anybody has sent an impression.
 */
export function exposureLog({ records }: ItemColumns, row: number): number {
  const at = row * ITEM_RECORD.width;
  return Math.max(records[at + IMPRESSIONS]!, records[at + VIEWS]!, records[at + CLICKS]!);
}

/** What the logarithm of a row that was shown less than so often is below at a time. */
export const exposureBelow = (times: number, nowMs: number): number => decayedLog(times, nowMs, HALF_LIVES_MS[1]);

/** Rows by how often they were shown lately, least first, as of the time it was built. */
export class ExposureOrder {
  private readonly order: Int32Array;
  private readonly logs: Float64Array;

  constructor(columns: ItemColumns) {
    const { size } = columns;
    const byRow = Float64Array.from({ length: size }, (_, row) => exposureLog(columns, row));
    const most = byRow.reduce((highest, log) => Math.max(highest, log), -Infinity);
    this.order = descendingOrder(Float32Array.from(byRow, (log) => (Number.isFinite(log) ? most - log : NEVER)));
    this.logs = Float64Array.from(this.order, (row) => byRow[row]!);
  }

  /** The rows whose logarithm is below this. */
  below(log: number): Int32Array {
    let from = 0;
    let to = this.logs.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.logs[middle]! < log) from = middle + 1;
      else to = middle;
    }
    return this.order.subarray(0, from);
  }
}
