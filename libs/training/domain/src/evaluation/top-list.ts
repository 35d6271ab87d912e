import { discount, idealGain } from './ranking-metrics.js';

/**
 * The best `k` of a stream of scores, knowing of each only whether it is relevant. At equal scores the relevant one is
 * placed last, so that a model that cannot tell items apart earns nothing by it; NaN is the lowest score.
 */
export class TopList {
  private readonly scores: Float64Array;
  private readonly relevant: Uint8Array;
  private length = 0;

  constructor(readonly k: number) {
    this.scores = new Float64Array(k);
    this.relevant = new Uint8Array(k);
  }

  clear(): void {
    this.length = 0;
  }

  add(score: number, relevant: boolean): void {
    const value = Number.isNaN(score) ? -Infinity : score;
    if (this.length === this.k && !this.better(value, relevant, this.k - 1)) return;
    let at = this.length < this.k ? this.length++ : this.k - 1;
    for (; at > 0 && this.better(value, relevant, at - 1); at--) {
      this.scores[at] = this.scores[at - 1]!;
      this.relevant[at] = this.relevant[at - 1]!;
    }
    this.scores[at] = value;
    this.relevant[at] = relevant ? 1 : 0;
  }

  hits(): number {
    let hits = 0;
    for (let rank = 0; rank < this.length; rank++) hits += this.relevant[rank]!;
    return hits;
  }

  /** `relevantInAll` is how many relevant ones the stream had; above 0. */
  ndcg(relevantInAll: number): number {
    let gain = 0;
    for (let rank = 0; rank < this.length; rank++) if (this.relevant[rank] === 1) gain += discount(rank);
    return gain / idealGain(relevantInAll, this.k);
  }

  private better(score: number, relevant: boolean, at: number): boolean {
    const other = this.scores[at]!;
    return score > other || (score === other && !relevant && this.relevant[at] === 1);
  }
}
