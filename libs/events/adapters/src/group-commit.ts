import { setTimeout as wait } from 'node:timers/promises';

/** Something to do in a write transaction of an engine; settled once that is durable. */
export interface Work<Transaction> {
  readonly records: number;
  /** Does it, and answers what settles it after the commit. */
  readonly run: (transaction: Transaction) => () => void;
  readonly fail: (error: unknown) => void;
}

const patientRecords = 1_000;

/** Commits what waits, in order, in as few transactions as it takes: while one is under way, the next gathers. */
export class GroupCommit<Transaction> {
  private waiting: Work<Transaction>[] = [];
  private running: Promise<void> | undefined;
  private lastStart = 0;

  /**
   * @param commit does all works in one transaction and resolves once it is durable
   * @param minIntervalMs least time from one transaction to the next while little waits
   * @param maxRecords how many records a transaction has at most, unless a single work has more
   */
  constructor(
    private readonly commit: (works: readonly Work<Transaction>[]) => Promise<void>, private readonly minIntervalMs: number, private readonly maxRecords = 20_000,
  ) {}

  submit<T>(records: number, run: (transaction: Transaction) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        records,
        run: (transaction) => {
          const result = run(transaction);
          return () => resolve(result);
        },
        fail: reject,
      });
      this.running ??= this.drain();
    });
  }

  /** Resolves once nothing waits. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async drain(): Promise<void> {
    // Whatever this turn of the event loop submits goes together.
    await null;
    while (this.waiting.length > 0) {
      await this.beat();
      const works = this.take();
      await this.commit(works).catch((error: unknown) => works.forEach(({ fail }) => fail(error)));
    }
    this.running = undefined;
  }

  private async beat(): Promise<void> {
    const restMs = this.lastStart + this.minIntervalMs - performance.now();
    if (restMs >= 1 && this.waiting.reduce((sum, { records }) => sum + records, 0) < patientRecords) await wait(Math.floor(restMs));
    this.lastStart = performance.now();
  }

  private take(): Work<Transaction>[] {
    let records = 0;
    const first = this.waiting.findIndex((work) => (records += work.records) > this.maxRecords);
    return this.waiting.splice(0, first < 0 ? this.waiting.length : Math.max(1, first));
  }
}

/** Does one work; one that throws fails alone, having written nothing. */
export function runWork<Transaction>(work: Work<Transaction>, transaction: Transaction): () => void {
  try {
    return work.run(transaction);
  } catch (error) {
    return () => work.fail(error);
  }
}
