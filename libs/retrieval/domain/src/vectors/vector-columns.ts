import { kernelMemory, vectorKernel, type KernelMemory, type VectorKernel } from './vector-kernel.js';

/** Most rows that one call of the kernel answers. */
export const BLOCK_ROWS = 1024;
/** The kernel takes so many rows at a time, from one that is a multiple of `TOGETHER` on. */
const AT_ONCE = 8;
/** Rows whose codes lie among each other, and numbers of a row that do not. */
const TOGETHER = 4;
/** The kernel takes so many numbers of a row at a time. */
const WIDTH = 32;
/** Bytes of a line of memory. */
const LINE = 64;
/** What stands for zero in a code, and the largest distance from it. */
const ZERO = 64;
const MOST = 63;

function largest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/**
 * Vectors and biases of rows as columns in the kernel's memory: float32 for scores, and 7-bit codes with a scale a row for the search. Rows
 * that were never written are zeros.
 */
export class VectorColumns {
  readonly bytes: number;
  readonly memory: KernelMemory;
  private readonly kernel: VectorKernel;
  private readonly width: number;
  private readonly at: Readonly<Record<'queryCodes' | 'query' | 'scratch' | 'rows' | 'scores' | 'codes' | 'vectors' | 'scales' | 'biases', number>>;
  private readonly query: Float32Array;
  private readonly queryCodes: Int8Array;
  /** What the last `scan` found: the first so many rows, ascending, with their approximate scores. */
  readonly rows: Int32Array;
  readonly scores: Float32Array;
  private readonly next: Int32Array;
  private readonly codes: Uint8Array;
  private readonly vectors: Float32Array;
  private readonly scales: Float32Array;
  private readonly biases: Float32Array;
  private asked: Float32Array | undefined;
  private queryScale = 0;
  private queryOffset = 0;

  /**
   * @param capacity rows there is room for.
   * @param memory that of other columns of the same dimension and capacity, whose rows these are then too; without it, memory of their own.
   */
  constructor(readonly dimension: number, readonly capacity: number, memory?: KernelMemory) {
    const width = Math.ceil(dimension / WIDTH) * WIDTH;
    const room = Math.ceil((capacity + AT_ONCE - 1) / TOGETHER) * TOGETHER;
    const found = BLOCK_ROWS + AT_ONCE;
    const sizes = { queryCodes: width * TOGETHER, query: width * 4, scratch: LINE, rows: found * 4, scores: found * 4, codes: room * width, vectors: room * width * 4, scales: room * 4, biases: room * 4 };
    let end = 0;
    this.at = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, (end += size) - size])) as VectorColumns['at'];
    this.width = width;
    this.bytes = end;
    this.memory = memory ?? kernelMemory(end);
    this.kernel = vectorKernel(this.memory);
    const { buffer } = this.memory;
    this.query = new Float32Array(buffer, this.at.query, width);
    this.queryCodes = new Int8Array(buffer, this.at.queryCodes, width * TOGETHER);
    this.next = new Int32Array(buffer, this.at.scratch, 1);
    this.rows = new Int32Array(buffer, this.at.rows, found);
    this.scores = new Float32Array(buffer, this.at.scores, found);
    this.codes = new Uint8Array(buffer, this.at.codes, room * width);
    if (memory === undefined) this.codes.fill(ZERO);
    this.vectors = new Float32Array(buffer, this.at.vectors, room * width);
    this.scales = new Float32Array(buffer, this.at.scales, room);
    this.biases = new Float32Array(buffer, this.at.biases, room);
  }

  /** The same rows with room for more. */
  larger(capacity: number): VectorColumns {
    const copy = new VectorColumns(this.dimension, capacity);
    for (const column of ['codes', 'vectors', 'scales', 'biases'] as const) copy[column].set(this[column] as never);
    return copy;
  }

  /** Writes one row; `vector` has `dimension` values. */
  write(row: number, vector: Float32Array, bias: number): void {
    const { width, codes } = this;
    const scale = largest(vector) / MOST;
    this.vectors.set(vector, row * width);
    this.scales[row] = scale;
    this.biases[row] = bias;
    const perUnit = scale === 0 ? 0 : 1 / scale;
    const first = (row - (row % TOGETHER)) * width + (row % TOGETHER) * TOGETHER;
    for (let c = 0; c < vector.length; c++) codes[first + fourOf(c)] = Math.round(vector[c]! * perUnit) + ZERO;
  }

  /** A row's vector, `dimension` values, in the columns' memory. */
  vector(row: number): Float32Array {
    return this.vectors.subarray(row * this.width, row * this.width + this.dimension);
  }

  bias(row: number): number {
    return this.biases[row]!;
  }

  /** Sets the vector that the calls below compare rows with; it must not be changed. */
  ask(query: Float32Array): void {
    if (query === this.asked) return;
    this.asked = query;
    const { queryCodes } = this;
    this.query.set(query);
    this.queryScale = largest(query) / MOST;
    const perUnit = this.queryScale === 0 ? 0 : 1 / this.queryScale;
    let sum = 0;
    for (let c = 0; c < query.length; c++) {
      const code = Math.round(query[c]! * perUnit);
      sum += code;
      for (let row = 0, at = fourOf(c); row < TOGETHER; row++, at += TOGETHER) queryCodes[at] = code;
    }
    this.queryOffset = sum * ZERO;
  }

  /**
   * Finds the rows of [from, to) whose approximate score is at least `threshold`, and answers how many: they are in `rows` and `scores` until the
   * next call. At least one row is looked at, and all of at most BLOCK_ROWS; of more, those before `scanned`: there was no room for what others may add.
   */
  scan(from: number, to: number, threshold: number): number {
    const { at } = this;
    return this.kernel.scan(at.codes, at.scales, at.biases, at.queryCodes, this.width, from, to, this.queryOffset, this.queryScale, threshold, at.rows, at.scores, BLOCK_ROWS + AT_ONCE, at.scratch, at.scratch + LINE / 2);
  }

  /** The first row that the last `scan` has not looked at; `to`, or a few more, when it has looked at all. */
  get scanned(): number {
    return this.next[0]!;
  }

  /** Writes the exact scores of rows to `out`; any number of rows. What `scan` found is gone then. */
  score(rows: Int32Array, out: Float32Array): void {
    const { at } = this;
    for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
      const part = rows.subarray(from, from + BLOCK_ROWS);
      this.rows.set(part);
      this.kernel.score(at.vectors, at.biases, at.query, this.width, at.rows, part.length, at.scores);
      out.set(this.scores.subarray(0, part.length), from);
    }
  }
}

/** Where a row's number c lies, from its first on: four of each of the rows that lie among each other. */
const fourOf = (c: number): number => (c - (c % TOGETHER)) * TOGETHER + (c % TOGETHER);
