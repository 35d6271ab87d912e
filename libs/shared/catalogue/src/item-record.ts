import { ITEM_STATISTICS_WIDTH } from '@serendip/shared-layouts';

/**
 * What a record of `ItemColumns` has where, float64 each: the statistics, as ITEM_STATISTICS has them, then these. 128 bytes, two lines of memory, where columns of
 * their own would be a line and a page for each.
 */
export const ITEM_RECORD = {
  width: 16,
  /** As the column of that name. */
  publishedAtMs: ITEM_STATISTICS_WIDTH,
  price: ITEM_STATISTICS_WIDTH + 1,
  /** Where the row's category and label numbers begin among those of all rows; 0, where nothing is, for a row that was never written. */
  numbersAt: ITEM_STATISTICS_WIDTH + 2,
} as const;
