import { engagementWeight, type UserStateView } from '@serendip/shared-layouts';

/** Hashes of items, in order. */
export interface ItemHashes {
  readonly lo: Uint32Array;
  readonly hi: Uint32Array;
}

/** Enough that the newest 50 that a model knows are among them. */
const MOST = 128;

/** The items of a user's newest interactions that speak for the item, newest first. */
export function newestEngagements(state: UserStateView): ItemHashes {
  const size = Math.min(MOST, state.interactions);
  const lo = new Uint32Array(size);
  const hi = new Uint32Array(size);
  let count = 0;
  for (let i = state.interactions - 1; i >= 0 && count < size; i--) {
    if (!(engagementWeight(state.type(i), state.value(i)) > 0)) continue;
    lo[count] = state.itemLo(i);
    hi[count++] = state.itemHi(i);
  }
  return { lo: lo.subarray(0, count), hi: hi.subarray(0, count) };
}
