const FIRST_MS = 1000;
const MOST_MS = 60_000;

/** How long to wait before what has failed so often in a row (from 1) is tried again, milliseconds: a second, twice as long each time, a minute at most. */
export const retryDelayMs = (failures: number): number => Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1));
