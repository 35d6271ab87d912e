import type { RankerRuntime } from './ranker-runtime.js';

export interface BatcherOptions {
  readonly features: number;
  readonly heads: number;
  /** Most rows of one run; a larger request runs alone. */
  readonly maxRows: number;
  /** How long a request may wait for others while a session is free and what waits does not fill a run, milliseconds; 0 for not at all. */
  readonly maxDelayMs: number;
  /** Runs at the same time. */
  readonly sessions: number;
}

interface Waiting {
  readonly features: Float32Array;
  readonly rows: number;
  readonly resolve: (scores: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Share of a run that may be what every run costs, however few its rows: a run is full when more rows would hardly lower it. */
const FIXED_SHARE = 0.05;
const MEASURED_ROWS = 512;
const MEASURED_RUNS = 20;

/**
 * Puts what waits for the same model into one run. Unless there is a delay, nothing waits while a session is free, so a lone request pays nothing; under load,
 * runs grow by themselves, but not beyond where more rows make them no cheaper: joining costs a copy. Where that is, is measured on the device. A failed run
 * fails the requests in it and nothing else.
 */
export class Batcher {
  private waiting: Waiting[] = [];
  private running = 0;
  private fullRows: number;
  private spentMs = 0;
  private delay: NodeJS.Timeout | undefined;

  constructor(private readonly runtime: RankerRuntime, private readonly options: BatcherOptions) {
    this.fullRows = options.maxRows;
  }

  /** Rows of a run that is full. */
  get rowsOfFullRun(): number {
    return this.fullRows;
  }

  /** How long runs have taken so far, added up over those at the same time. */
  get busySeconds(): number {
    return this.spentMs / 1000;
  }

  /** Rows that wait now. */
  get queuedRows(): number {
    return this.waiting.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Measures what a run costs by itself and what each row adds, and says accordingly when a run is full. */
  async calibrate(): Promise<void> {
    const few = await this.leastMs(1);
    const many = await this.leastMs(MEASURED_ROWS);
    const rowMs = Math.max(1e-6, (many - few) / (MEASURED_ROWS - 1));
    const rows = Math.round((few - rowMs) / rowMs / FIXED_SHARE);
    this.fullRows = Math.min(this.options.maxRows, Math.max(1, rows));
  }

  /** `features` may be used again once it has answered. */
  score(features: Float32Array): Promise<Float32Array> {
    const rows = features.length / this.options.features;
    if (rows === 0) return Promise.resolve(new Float32Array(0));
    return new Promise((resolve, reject) => {
      this.waiting.push({ features, rows, resolve, reject });
      this.next();
    });
  }

  private async leastMs(rows: number): Promise<number> {
    const features = new Float32Array(rows * this.options.features);
    let least = Infinity;
    for (let run = 0; run < MEASURED_RUNS; run++) {
      const began = performance.now();
      await this.runtime.run(features, rows);
      least = Math.min(least, performance.now() - began);
    }
    return least;
  }

  private next(): void {
    const { maxDelayMs } = this.options;
    if (maxDelayMs === 0 || this.queuedRows >= this.fullRows) this.start();
    else this.delay ??= setTimeout(() => this.start(), maxDelayMs);
  }

  private start(): void {
    clearTimeout(this.delay);
    this.delay = undefined;
    while (this.running < this.options.sessions && this.waiting.length > 0) {
      this.running++;
      void this.run(this.take()).finally(() => {
        this.running--;
        this.start();
      });
    }
  }

  private take(): readonly Waiting[] {
    let rows = 0;
    let count = 0;
    while (count < this.waiting.length && (count === 0 || rows + this.waiting[count]!.rows <= this.fullRows)) rows += this.waiting[count++]!.rows;
    return this.waiting.splice(0, count);
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    const began = performance.now();
    try {
      const rows = batch.reduce((sum, entry) => sum + entry.rows, 0);
      const scores = await this.runtime.run(joined(batch), rows);
      if (scores.length !== rows * this.options.heads) throw new RangeError(`The model answered ${scores.length} scores for ${rows} rows of ${this.options.heads} heads.`);
      let at = 0;
      for (const { rows: own, resolve } of batch) {
        resolve(scores.subarray(at, at + own * this.options.heads));
        at += own * this.options.heads;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.spentMs += performance.now() - began;
    }
  }
}

function joined(batch: readonly Waiting[]): Float32Array {
  const [first] = batch;
  if (batch.length === 1) return first!.features;
  const all = new Float32Array(batch.reduce((sum, { features }) => sum + features.length, 0));
  let at = 0;
  for (const { features } of batch) {
    all.set(features, at);
    at += features.length;
  }
  return all;
}
