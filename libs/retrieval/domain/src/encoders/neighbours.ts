import { NumberPlaces } from '@serendip/shared-identity';

/** A row of at most `width` neighbours per item, best first; -1 ends a row early. */
export interface NeighbourTable {
  readonly width: number;
  /** items × width: the neighbours' rows. */
  readonly ids: Int32Array;
  /** items × width: how strongly each follows, above 0. */
  readonly weights: Float32Array;
}

export interface NeighbourScorerOptions {
  /** How many of the newest items speak; default 16. */
  readonly lags?: number;
  /** The weight of each item as a share of the one after it; default 0.7. */
  readonly decay?: number;
}

/** What `score` answers: the first `count` of `items`, in no order, with their `scores`; valid until the next call. */
export interface NeighbourScores {
  readonly count: number;
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

/** Scores what tends to follow a user's newest items: Σ decay^lag × the item's row of the table. */
export class NeighbourScorer {
  private readonly itemCount: number;
  private readonly lags: number;
  private readonly decay: number;
  /** Items of the answer being built, and the score of each. */
  private readonly places = new NumberPlaces();
  private readonly scores: Float32Array;

  constructor(private readonly table: NeighbourTable, { lags = 16, decay = 0.7 }: NeighbourScorerOptions = {}) {
    if (table.ids.length !== table.weights.length || table.ids.length % table.width !== 0) throw new RangeError('A neighbour table needs as many ids as weights, in rows of its width.');
    this.itemCount = table.ids.length / table.width;
    this.lags = lags;
    this.decay = decay;
    this.scores = new Float32Array(Math.min(this.itemCount, lags * table.width));
  }

  /**
   * `recent` holds item rows, newest first; rows that do not exist (-1) and immediate repeats are skipped and take no lag.
   * The user's own items are scored like any other: masking what was seen is the search's.
   */
  score(recent: ArrayLike<number>): NeighbourScores {
    this.places.begin(this.scores.length);
    this.scores.fill(0);
    let strength = 1;
    let previous = -1;
    for (let i = 0, used = 0; i < recent.length && used < this.lags; i++) {
      const item = recent[i]!;
      if (!(item >= 0 && item < this.itemCount) || item === previous) continue;
      previous = item;
      this.addRow(item, strength);
      strength *= this.decay;
      used++;
    }
    return { count: this.places.size, items: this.places.numbers, scores: this.scores };
  }

  private addRow(item: number, strength: number): void {
    const { ids, weights, width } = this.table;
    const { places, scores } = this;
    for (let at = item * width, end = at + width; at < end; at++) {
      const neighbour = ids[at]!;
      if (neighbour < 0) return;
      scores[places.add(neighbour)]! += strength * weights[at]!;
    }
  }
}
