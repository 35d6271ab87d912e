import { TURN_MS } from './turns.js';

const LEAST = 16;
const MOST = 2000;
/** What a batch takes besides its records. */
const EMPTY_MS = 0.15;
/** Weight of the newest batch in the estimate. */
const NEWEST = 0.1;

/** How many records a batch may have so that it takes about one turn of this thread: 16 to 2,000, learned from the batches before. */
export class BatchSize {
  private recordMs = 0.03;

  get records(): number {
    return Math.min(MOST, Math.max(LEAST, Math.floor(TURN_MS / this.recordMs)));
  }

  /** About how long a batch of at most so many records will take. */
  milliseconds(records: number): number {
    return EMPTY_MS + Math.min(records, this.records) * this.recordMs;
  }

  /** Learns from a batch; a small one says little about what a record costs. */
  took(records: number, milliseconds: number): void {
    if (records >= LEAST) this.recordMs += NEWEST * (milliseconds / records - this.recordMs);
  }
}
