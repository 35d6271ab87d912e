import type { Clock } from './runner.js';

/** What counts at most from one look at the clock to the next: the whole process may have waited for something else meanwhile. */
const MOST_STEP_MS = 2;

const monotonicMs = (): number => performance.now();

export interface AskingTimeOptions {
  /** Milliseconds. */
  readonly mostMs: number;
  /** Time that requests share which came as one: what one of them takes, the others do not have. */
  readonly shared?: AskingTime | undefined;
  /** How often the clock is looked at, in items asked about; at each by default. */
  readonly every?: number;
  readonly clock?: Clock | undefined;
}

/** The time that one request has for asking expressions about items, whoever wrote them: what is dear must not hold up everybody else. */
export class AskingTime {
  private spentMs = 0;
  private lastMs: number | undefined;
  private items = 0;
  private readonly clock: Clock;

  constructor(private readonly options: AskingTimeOptions) {
    this.clock = options.clock ?? monotonicMs;
  }

  /** Whether nothing more may be asked; looked at before each item. */
  isOver(): boolean {
    const { every = 1 } = this.options;
    if (this.lastMs !== undefined && ++this.items % every !== 0) return this.isSpent;
    const now = this.clock();
    // What passes until it is asked again, after something that was waited for, is not its own.
    if (this.lastMs === undefined) queueMicrotask(() => { this.lastMs = undefined; });
    else this.spend(Math.min(MOST_STEP_MS, now - this.lastMs));
    this.lastMs = now;
    return this.isSpent;
  }

  private get isSpent(): boolean {
    const { mostMs, shared } = this.options;
    return this.spentMs > mostMs || shared?.isSpent === true;
  }

  private spend(ms: number): void {
    this.spentMs += ms;
    this.options.shared?.spend(ms);
  }
}
