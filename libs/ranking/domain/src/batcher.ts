import type { RankerRuntime } from './ranker-runtime.js';

export interface BatcherOptions {
  readonly features: number;
  readonly heads: number;
  /** Most rows of one run; a larger request runs alone. */
  readonly maxRows: number;
  /** Runs at the same time. */
  readonly sessions: number;
}

interface Waiting {
  readonly features: Float32Array;
  readonly rows: number;
  readonly resolve: (scores: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts what waits for the same model into one run. Nothing waits while a session is free, so a lone request pays nothing;
 * under load, runs grow by themselves. A failed run fails the requests in it and nothing else.
 */
export class Batcher {
  private waiting: Waiting[] = [];
  private running = 0;

  constructor(private readonly runtime: RankerRuntime, private readonly options: BatcherOptions) {}

  /** Rows that wait now. */
  get queuedRows(): number {
    return this.waiting.reduce((sum, { rows }) => sum + rows, 0);
  }

  score(features: Float32Array): Promise<Float32Array> {
    const rows = features.length / this.options.features;
    if (rows === 0) return Promise.resolve(new Float32Array(0));
    return new Promise((resolve, reject) => {
      this.waiting.push({ features, rows, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    while (this.running < this.options.sessions && this.waiting.length > 0) {
      this.running++;
      void this.run(this.take()).finally(() => {
        this.running--;
        this.next();
      });
    }
  }

  private take(): readonly Waiting[] {
    let rows = 0;
    let count = 0;
    while (count < this.waiting.length && (count === 0 || rows + this.waiting[count]!.rows <= this.options.maxRows)) rows += this.waiting[count++]!.rows;
    return this.waiting.splice(0, count);
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
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
