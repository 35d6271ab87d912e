const LEAST = 16;
const MOST = 2000;
/** How long a batch may keep the event loop, milliseconds. */
const TARGET_MS = 3;
/** Weight of the newest batch in the estimate. */
const NEWEST = 0.1;

/** How many records a batch may have so that it takes about 3 ms of this thread: 16 to 2,000, learned from the batches before. */
export class BatchSize {
  private recordMs = 0.03;

  get records(): number {
    return Math.min(MOST, Math.max(LEAST, Math.floor(TARGET_MS / this.recordMs)));
  }

  /** Learns from a batch; a small one says little about what a record costs. */
  took(records: number, milliseconds: number): void {
    if (records >= LEAST) this.recordMs += NEWEST * (milliseconds / records - this.recordMs);
  }
}
