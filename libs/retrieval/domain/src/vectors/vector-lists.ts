import { nthHighest } from '../ordering/nth-highest.js';
import { BLOCK_ROWS, VectorColumns } from './vector-columns.js';

/** Rows grouped by what they are near to, each group a run of rows: an inverted file. Can be posted to another thread. */
export interface VectorListsParts {
  /** The first row of each list, and of one after the last. */
  readonly starts: Int32Array;
  /** Lists × dimension: the mean vector of each list. */
  readonly centres: Float32Array;
  /** The mean bias of each list. */
  readonly biases: Float32Array;
  /** How far rows of each list lie from its mean, beside the average of all lists. */
  readonly spreads: Float32Array;
  /** How vectors with their biases lie about the means of their lists: their covariance, (dimension + 1)², the bias last. */
  readonly covariance: Float64Array;
  /** So many standard deviations above its mean the best rows of a list are looked for; by how many rows are wanted, ascending. */
  readonly margins: readonly Margin[];
}

export interface Margin {
  readonly wanted: number;
  readonly margin: number;
}

export interface Reachable {
  /** Lists in the order in which their best rows are likely to be better. */
  readonly order: Iterable<number>;
  /** What each list's best row is likely to reach. */
  readonly reach: Float32Array;
}

/** How many lists are put in order at first, and how many times as many after that. */
const FIRST_LISTS = 32;
const MORE_LISTS = 4;

/** Says for a query which lists its best rows lie in (Jégou, Douze, Schmid 2011, with a margin for each list in place of a fixed number of probes). */
export class VectorLists {
  readonly count: number;
  readonly starts: Int32Array;
  private readonly centres: VectorColumns;
  private readonly reach: Float32Array;

  constructor(private readonly parts: VectorListsParts, private readonly dimension: number) {
    this.starts = parts.starts;
    this.count = parts.biases.length;
    this.centres = new VectorColumns(dimension, this.count);
    this.reach = new Float32Array(this.count);
    for (let list = 0; list < this.count; list++) this.centres.write(list, parts.centres.subarray(list * dimension, (list + 1) * dimension), parts.biases[list]!);
  }

  get bytes(): number {
    return this.centres.bytes;
  }

  /** Where the best `wanted` rows of all are. What is found is valid until the next call. */
  reachable(query: Float32Array, wanted: number): Reachable {
    const { reach, parts: { spreads, margins } } = this;
    const deviation = marginAt(margins, wanted) * this.deviationAlong(query);
    this.writeMeans(query);
    for (let list = 0; list < this.count; list++) reach[list]! += deviation * spreads[list]!;
    return { order: inOrder(reach), reach };
  }

  /** The score of each list's mean, and the standard deviation of scores about it where the spread is 1; valid until the next call. */
  meansOf(query: Float32Array): { readonly means: Float32Array; readonly deviation: number } {
    this.writeMeans(query);
    return { means: this.reach, deviation: this.deviationAlong(query) };
  }

  private writeMeans(query: Float32Array): void {
    const { centres, reach, count } = this;
    centres.ask(query);
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const found = centres.scan(from, Math.min(count, from + BLOCK_ROWS), -Infinity);
      reach.set(centres.scores.subarray(0, found), from);
    }
  }

  private deviationAlong(query: Float32Array): number {
    const { parts: { covariance }, dimension } = this;
    const width = dimension + 1;
    let variance = covariance[width * width - 1]!;
    for (let a = 0; a < dimension; a++) {
      let sum = 2 * covariance[a * width + dimension]!;
      for (let b = 0, at = a * width; b < dimension; b++, at++) sum += covariance[at]! * query[b]!;
      variance += sum * query[a]!;
    }
    return Math.sqrt(Math.max(0, variance));
  }
}

/** Between what was measured, in proportion to the logarithm of rows; beyond, as at its end. */
function marginAt(margins: readonly Margin[], wanted: number): number {
  const next = margins.findIndex((each) => each.wanted >= wanted);
  if (next <= 0) return margins.at(next)!.margin;
  const [low, high] = [margins[next - 1]!, margins[next]!];
  return low.margin + (high.margin - low.margin) * (Math.log(wanted / low.wanted) / Math.log(high.wanted / low.wanted));
}

/** Places of values, the highest first; only so many are sorted as are taken. */
function* inOrder(values: Float32Array): Generator<number> {
  let below = Infinity;
  for (let rank = FIRST_LISTS; below !== -Infinity; rank *= MORE_LISTS) {
    const threshold = nthHighest(values, rank);
    const places: number[] = [];
    for (let place = 0; place < values.length; place++) if (values[place]! >= threshold && values[place]! < below) places.push(place);
    yield* places.sort((a, b) => values[b]! - values[a]!);
    below = threshold;
  }
}
