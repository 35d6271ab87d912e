import { PARTITIONS } from '@serendip/shared-identity';
import type { ItemRow, StateReader } from '../state-reader.js';

/** Statistics rows of every partition. */
export async function allStatistics(reader: StateReader): Promise<ItemRow[]> {
  const rows: ItemRow[] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) for await (const row of reader.statistics(partition)) rows.push(row);
  return rows;
}
