/** Milliseconds that a request may spend on asking expressions about documents, and what it has for that even when its time is over. */
const MOST_MS = 20;
const LEAST_MS = 1;
/** What the requests of a batch may spend together. */
const MOST_OF_BATCH_MS = 100;
/** What one item counts for at most: the whole process may have waited for something else meanwhile. */
const MOST_ITEM_MS = 2;

/** The time that one request has for asking its rules about items, whoever wrote them: what is dear must not hold up everybody else. */
export class AskingTime {
  private spentMs = 0;
  private lastMs: number | undefined;

  /** @param batch what it shares with others. */
  constructor(private readonly mostMs = MOST_MS, private readonly clock: () => number = () => performance.now(), private readonly batch?: AskingTime) {}

  /** What is left of the time for a request with this deadline (monotonic milliseconds), and of its batch's. */
  static before(deadlineMs: number, batch?: AskingTime): AskingTime {
    return new AskingTime(Math.min(MOST_MS, Math.max(LEAST_MS, deadlineMs - performance.now())), undefined, batch);
  }

  /** Time that requests share which came as one: what one of them takes, the others do not have. */
  static ofBatch(): AskingTime {
    return new AskingTime(MOST_OF_BATCH_MS);
  }

  /** Whether nothing more may be asked; looked at before each item. */
  isOver(): boolean {
    const now = this.clock();
    // What passes until it is asked again, after something that was waited for, is not its own.
    if (this.lastMs === undefined) queueMicrotask(() => { this.lastMs = undefined; });
    else this.spend(Math.min(MOST_ITEM_MS, now - this.lastMs));
    this.lastMs = now;
    return this.isSpent;
  }

  private get isSpent(): boolean {
    return this.spentMs > this.mostMs || this.batch?.isSpent === true;
  }

  private spend(ms: number): void {
    this.spentMs += ms;
    this.batch?.spend(ms);
  }
}
