/** Counts up when the same log makes other bytes: state of another layout is emptied, and made again from the log. */
export const LAYOUT = 4;
