import { groupsOf, type VectorTable } from './k-means.js';

/** Rows in the order of their lists, and what is known of each list. */
export interface GroupedVectors {
  /** The row at each place. */
  readonly rows: Int32Array;
  readonly starts: Int32Array;
  readonly centres: Float32Array;
  readonly biases: Float32Array;
  readonly spreads: Float32Array;
  readonly covariance: Float64Array;
}

/** Lists for each square root of rows. */
const LISTS_PER_ROOT = 4;
/** Rows that the covariance is of. */
const COVARIANCE_ROWS = 10_000;

/** Groups a table's rows into lists. */
export function groupVectors(table: VectorTable, bias: Float32Array, random: () => number): GroupedVectors {
  const { groupOf, count } = groupsOf(table, Math.round(LISTS_PER_ROOT * Math.sqrt(bias.length)), random);
  const { starts, rows } = runsOf(groupOf, count);
  const { centres, biases } = meansOf(table, bias, { groupOf, starts });
  const about = new Deviations(table, bias, { groupOf, centres, biases });
  const squares = new Float64Array(count);
  for (let row = 0; row < bias.length; row++) squares[groupOf[row]!]! += about.square(row);
  const average = squares.reduce((sum, square) => sum + square, 0) / bias.length;
  const spreads = Float32Array.from(squares, (square, list) => (average > 0 ? Math.sqrt(square / (starts[list + 1]! - starts[list]!) / average) : 0));
  return { rows, starts, centres, biases, spreads, covariance: about.covariance(Math.ceil(bias.length / COVARIANCE_ROWS)) };
}

function runsOf(groupOf: Int32Array, count: number): { readonly starts: Int32Array; readonly rows: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const group of groupOf) starts[group + 1]!++;
  for (let list = 0; list < count; list++) starts[list + 1]! += starts[list]!;
  const next = starts.slice();
  const rows = new Int32Array(groupOf.length);
  groupOf.forEach((group, row) => { rows[next[group]!++] = row; });
  return { starts, rows };
}

function meansOf({ vectors, dimension }: VectorTable, bias: Float32Array, { groupOf, starts }: { groupOf: Int32Array; starts: Int32Array }): { readonly centres: Float32Array; readonly biases: Float32Array } {
  const count = starts.length - 1;
  const sums = new Float64Array(count * dimension);
  const biases = new Float64Array(count);
  for (let row = 0, at = 0; row < bias.length; row++) {
    const list = groupOf[row]!;
    biases[list]! += bias[row]!;
    for (let c = 0, sum = list * dimension; c < dimension; c++) sums[sum++]! += vectors[at++]!;
  }
  const sizeOf = (list: number): number => starts[list + 1]! - starts[list]!;
  return { centres: Float32Array.from(sums, (sum, i) => sum / sizeOf(Math.floor(i / dimension))), biases: Float32Array.from(biases, (sum, list) => sum / sizeOf(list)) };
}

/** How rows, with their biases as one more value, lie about the means of their lists. */
class Deviations {
  private readonly deviation: Float64Array;

  constructor(private readonly table: VectorTable, private readonly bias: Float32Array, private readonly lists: { readonly groupOf: Int32Array; readonly centres: Float32Array; readonly biases: Float32Array }) {
    this.deviation = new Float64Array(table.dimension + 1);
  }

  square(row: number): number {
    return this.of(row).reduce((sum, value) => sum + value * value, 0);
  }

  /** Of every so many-th row. */
  covariance(every: number): Float64Array {
    const width = this.table.dimension + 1;
    const covariance = new Float64Array(width * width);
    let count = 0;
    for (let row = 0; row < this.bias.length; row += every, count++) {
      const deviation = this.of(row);
      for (let a = 0, at = 0; a < width; a++) for (let b = 0; b < width; b++, at++) covariance[at]! += deviation[a]! * deviation[b]!;
    }
    return covariance.map((sum) => sum / count);
  }

  private of(row: number): Float64Array {
    const { deviation, bias, table: { vectors, dimension }, lists: { groupOf, centres, biases } } = this;
    const list = groupOf[row]!;
    for (let c = 0; c < dimension; c++) deviation[c] = vectors[row * dimension + c]! - centres[list * dimension + c]!;
    deviation[dimension] = bias[row]! - biases[list]!;
    return deviation;
  }
}
