/**
 * A position is epoch × 2^40 + n: n counts a partition's records from 0 and goes on across epochs; every open of a log that
 * was not closed cleanly starts a new epoch, so that a position is never used for two records. Positions are safe integers
 * greater than 0 and grow within a partition.
 */
const SEQUENCES = 2 ** 40;

/** Epochs run from 1 to this one. */
export const MAX_EPOCH = 2 ** 13 - 1;

export const positionOf = (epoch: number, sequence: number): number => epoch * SEQUENCES + sequence;

/** The epoch of a position; 0 for the position 0, which stands before every record. */
export const epochOf = (position: number): number => Math.floor(position / SEQUENCES);

/** How many records of its partition were written before the one at this position. */
export const sequenceOf = (position: number): number => position % SEQUENCES;

/** Records from one position (inclusive) to another (exclusive) of the same partition; at least 0. */
export function recordsBetween(from: number, to: number): number {
  return Math.max(0, sequenceOf(to) - sequenceOf(from));
}
