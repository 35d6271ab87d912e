/** What was kept, best first: higher scores first, equal ones by lower row. */
export interface Best {
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

/** Keeps the best of the rows offered, in a heap whose root is the worst of them. Scores are float32; NaN is never kept. Made to be used again. */
export class TopK {
  /** What a score must reach to have a chance. */
  threshold = -Infinity;
  /** How many rows it keeps. */
  limit = 0;
  private rows = new Int32Array(0);
  private scores = new Float32Array(0);
  private size = 0;

  /** Begins anew, to keep at most `limit` rows. */
  begin(limit: number): this {
    if (limit > this.rows.length) {
      this.rows = new Int32Array(limit);
      this.scores = new Float32Array(limit);
    }
    this.limit = limit;
    this.size = 0;
    this.threshold = -Infinity;
    return this;
  }

  offer(row: number, value: number): void {
    const score = Math.fround(value);
    if (!(score >= this.threshold) || this.limit === 0) return;
    if (this.size < this.limit) {
      this.rise(this.size++, row, score);
      if (this.size === this.limit) this.threshold = this.scores[0]!;
      return;
    }
    if (score === this.threshold && row > this.rows[0]!) return;
    this.sink(row, score);
    this.threshold = this.scores[0]!;
  }

  /** Empties the heap into its answer. */
  take(): Best {
    const rows = new Int32Array(this.size);
    const scores = new Float32Array(this.size);
    while (this.size > 0) {
      const last = --this.size;
      rows[last] = this.rows[0]!;
      scores[last] = this.scores[0]!;
      if (last > 0) this.sink(this.rows[last]!, this.scores[last]!);
    }
    this.threshold = -Infinity;
    return { rows, scores };
  }

  /** Puts an entry at `place` or above. */
  private rise(place: number, row: number, score: number): void {
    let at = place;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.isWorse(row, score, parent)) break;
      this.rows[at] = this.rows[parent]!;
      this.scores[at] = this.scores[parent]!;
      at = parent;
    }
    this.rows[at] = row;
    this.scores[at] = score;
  }

  /** Puts an entry in place of the root, or below. */
  private sink(row: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      const right = child + 1;
      if (right < this.size && this.isWorse(this.rows[right]!, this.scores[right]!, child)) child = right;
      if (this.isWorse(row, score, child)) break;
      this.rows[at] = this.rows[child]!;
      this.scores[at] = this.scores[child]!;
      at = child;
    }
    this.rows[at] = row;
    this.scores[at] = score;
  }

  private isWorse(row: number, score: number, than: number): boolean {
    const other = this.scores[than]!;
    return score < other || (score === other && row > this.rows[than]!);
  }
}
