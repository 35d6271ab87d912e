import type { Exploration } from './configuration.js';
import type { Refuse } from './rules.js';

export const MOST_SHARE = 0.5;
/** As many as the pages of a list show. */
const MOST_SLOT = 1000;
const MOST_POOL = 500;
const MOST_TIMES = 1_000_000;
const MOST_DAYS = 3650;

const isSlot = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= MOST_SLOT;

export const isShare = (share: number): boolean => share >= 0 && share <= MOST_SHARE;

export function checkExploration(exploration: Exploration | undefined, refuse: Refuse): void {
  if (exploration === undefined) return;
  const { share, from, to, shownFewerThan, publishedWithinDays, pool, weights } = exploration;
  if (!isShare(share)) refuse(`the share of exploration must be 0 to ${MOST_SHARE}`);
  if (!isSlot(from) || !isSlot(to) || from > to) refuse(`the slots of exploration must be 1 to ${MOST_SLOT}, the first not behind the last`);
  if (!(shownFewerThan >= 0 && shownFewerThan <= MOST_TIMES)) refuse(`shownFewerThan of exploration must be 0 to ${MOST_TIMES}`);
  if (!(publishedWithinDays >= 0 && publishedWithinDays <= MOST_DAYS)) refuse(`publishedWithinDays of exploration must be 0 to ${MOST_DAYS}`);
  if (shownFewerThan === 0 && publishedWithinDays === 0) refuse('exploration needs to know among which items: shownFewerThan, publishedWithinDays, or both');
  if (!(Number.isInteger(pool) && pool >= 1 && pool <= MOST_POOL)) refuse(`the pool of exploration must be 1 to ${MOST_POOL}`);
  if (weights !== 'uniform' && weights !== 'rank') refuse('the weights of exploration must be uniform or rank');
}
