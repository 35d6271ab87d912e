import { TURN_MS } from './turns.js';

const LEAST = 16;
const MOST = 2000;
/** What a batch takes besides its records. */
const EMPTY_MS = 0.15;
/** Weight of the newest batch in the estimate. */
const NEWEST = 0.1;

/** CPU that this thread has used, milliseconds. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** How many records a batch may have so that it takes about one turn of this thread: 16 to 2,000, learned from the batches before. */
export class BatchSize {
  private recordMs = 0.03;
  /** Up to here the thread's time has been counted. */
  private countedMs = 0;

  constructor(private readonly cpuMs: () => number = threadCpuMs) {}

  get records(): number {
    return Math.min(MOST, Math.max(LEAST, Math.floor(TURN_MS / this.recordMs)));
  }

  /** About how long a batch of at most so many records will take. */
  milliseconds(records: number): number {
    return EMPTY_MS + Math.min(records, this.records) * this.recordMs;
  }

  /**
   * Begins a batch; answers what to tell its size to when this thread has done its part. What counts is the thread's own time, once for all the
   * batches that are under way: to wait for a store or for a busy machine makes no batch smaller, since more of them would wait as long each.
   * A small one is not measured: it says little about what a record costs, and there are many of them.
   * @param waiting records that there are to take.
   */
  begin(waiting: number): (records: number) => void {
    if (waiting < LEAST) return () => undefined;
    const beganMs = this.cpuMs();
    return (records) => {
      const nowMs = this.cpuMs();
      const tookMs = nowMs - Math.max(beganMs, this.countedMs);
      this.countedMs = nowMs;
      if (records >= LEAST) this.recordMs += NEWEST * (tookMs / records - this.recordMs);
    };
  }
}
