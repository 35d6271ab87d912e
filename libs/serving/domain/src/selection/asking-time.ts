/** Milliseconds that a request may spend on asking expressions about documents, and what it has for that even when its time is over. */
const MOST_MS = 20;
const LEAST_MS = 1;
/** What one item counts for at most: the request may have waited for something else meanwhile, or the whole process. */
const MOST_ITEM_MS = 2;

/** The time that one request has for asking its rules about items, whoever wrote them: what is dear must not hold up everybody else. */
export class AskingTime {
  private spentMs = 0;
  private lastMs: number | undefined;

  constructor(private readonly mostMs = MOST_MS, private readonly clock: () => number = () => performance.now()) {}

  /** What is left of the time for a request with this deadline (monotonic milliseconds). */
  static before(deadlineMs: number): AskingTime {
    return new AskingTime(Math.min(MOST_MS, Math.max(LEAST_MS, deadlineMs - performance.now())));
  }

  /** Whether nothing more may be asked; looked at before each item. */
  isOver(): boolean {
    const now = this.clock();
    if (this.lastMs !== undefined) this.spentMs += Math.min(MOST_ITEM_MS, now - this.lastMs);
    this.lastMs = now;
    return this.spentMs > this.mostMs;
  }
}
