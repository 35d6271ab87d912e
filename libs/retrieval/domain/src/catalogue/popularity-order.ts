import { ITEM_RECORD, type ItemColumns } from '@serendip/shared-catalogue';
import { ITEM_STATISTICS, statisticColumn, type ItemStatistic } from '@serendip/shared-layouts';
import { descendingOrder } from '@serendip/shared-pipeline';

/** Rows by how much has happened to them, as of the time it was built. */
export interface PopularityOrder {
  /** Rows something has happened to, most first. */
  readonly rows: Int32Array;
  /** For each row, the logarithm of its share of the most popular row's value; 0 for that, -Infinity for nothing. */
  readonly logShare: Float32Array;
}

/**
 * Orders rows by an engagement statistic. Decayed statistics keep their ratios as time goes by, so the order holds until one
 * of them changes.
 */
export function popularityOrder(columns: ItemColumns, statistic: ItemStatistic): PopularityOrder {
  const { size, records } = columns;
  const column = statisticColumn(statistic);
  const decayed = ITEM_STATISTICS[column]!.combine === 'log';
  const logs = new Float64Array(size);
  let most = -Infinity;
  let ranked = 0;
  for (let row = 0, at = column; row < size; row++, at += ITEM_RECORD.width) {
    const value = records[at]!;
    const log = decayed ? value : Math.log(Math.max(0, value));
    logs[row] = Number.isFinite(log) ? log : -Infinity;
    if (logs[row]! === -Infinity) continue;
    ranked++;
    if (log > most) most = log;
  }
  const logShare = new Float32Array(size);
  for (let row = 0; row < size; row++) logShare[row] = logs[row] === -Infinity ? -Infinity : logs[row]! - most;
  return { rows: descendingOrder(logShare).subarray(0, ranked), logShare };
}
