import { engagementWeight, type UserStateView } from '@serendip/shared-layouts';

/** Enough that the newest 50 that a model knows are among them. */
const MOST = 128;

/** The items of a user's newest interactions that speak for the item, newest first, each as the row that its hash has, or -1. */
export function newestEngagements(state: UserStateView, rowOfHash: (lo: number, hi: number) => number): Int32Array {
  const rows = new Int32Array(Math.min(MOST, state.interactions));
  let count = 0;
  for (let i = state.interactions - 1; i >= 0 && count < rows.length; i--) {
    if (engagementWeight(state.type(i), state.value(i)) > 0) rows[count++] = rowOfHash(state.itemLo(i), state.itemHi(i));
  }
  return rows.subarray(0, count);
}
