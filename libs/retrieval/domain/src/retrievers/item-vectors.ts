import type { ItemColumns } from '@serendip/shared-catalogue';
import type { Clock } from '../catalogue/derived.js';
import type { TopK } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';
import { CategoryMeans } from './category-means.js';
import type { RetrieverModel } from './retriever-model.js';

/** A new item's bias: that of an item less popular than four in five, so that it has to be personal to be found. */
const NEW_ITEM_QUANTILE = 0.2;
const RECOMPUTE_MS = 1000;
const BLOCK_ROWS = 1024;

function larger(column: Float32Array, length: number): Float32Array {
  const copy = new Float32Array(length);
  copy.set(column);
  return copy;
}

function quantile(values: Float32Array, share: number): number {
  return values.length === 0 ? 0 : Float32Array.from(values).sort()[Math.floor(share * (values.length - 1))]!;
}

/**
 * Vectors and biases of a catalogue's rows, in its order. An item that the model was not trained on has the mean vector of
 * the known items of its narrowest category (zeros when there are none) and a low bias.
 */
export class ItemVectors {
  private readonly rowsOfModel: Int32Array;
  private readonly means: CategoryMeans;
  private readonly newBias: number;
  private vectors: Float32Array;
  private bias: Float32Array;
  private readonly block = new Float32Array(BLOCK_ROWS);
  private bound = 0;
  /** Rows that the model doesn't know. */
  private unknown: number[] = [];
  private revision = -1;
  /** How often vectors have changed. */
  changes = 0;
  private recomputedAtMs = -Infinity;

  constructor(private readonly model: RetrieverModel, private readonly columns: ItemColumns, private readonly clock: Clock) {
    this.rowsOfModel = new Int32Array(model.size).fill(-1);
    this.means = new CategoryMeans(model.dimension);
    this.newBias = quantile(model.bias, NEW_ITEM_QUANTILE);
    this.vectors = new Float32Array(columns.size * model.dimension);
    this.bias = new Float32Array(columns.size);
  }

  get bytes(): number {
    return this.vectors.byteLength + this.bias.byteLength + this.rowsOfModel.byteLength;
  }

  /** Catalogue row of a model row, or -1. */
  rowOfModel(row: number): number {
    return this.rowsOfModel[row]!;
  }

  /** Takes in new rows at once, and new categories of rows that the model doesn't know at most once a second. */
  refresh(revision: number): void {
    if (this.revision === revision && this.bound === this.columns.size) return;
    const learned = this.append();
    const now = this.clock();
    if (!learned && now - this.recomputedAtMs < RECOMPUTE_MS) return;
    this.changes++;
    for (const row of this.unknown) this.writeUnknown(row);
    this.revision = revision;
    this.recomputedAtMs = now;
  }

  search(user: Float64Array, set: SearchSet, best: TopK): void {
    if (set.rows.length * 2 < this.bound) this.searchFew(user, set, best);
    else this.searchMost(user, set, best);
  }

  score(user: Float64Array, rows: Int32Array): Float32Array {
    const scores = new Float32Array(rows.length);
    for (let i = 0; i < rows.length; i++) scores[i] = this.scoreOf(user, rows[i]!);
    return scores;
  }

  private searchFew(user: Float64Array, set: SearchSet, best: TopK): void {
    const { rows, mask } = set;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (mask[row] === 0) continue;
      const score = this.scoreOf(user, row);
      if (score >= best.threshold && set.allows(row)) best.offer(row, score);
    }
  }

  /** Scores whole blocks of rows, wanted or not: faster than picking when most are wanted. */
  private searchMost(user: Float64Array, set: SearchSet, best: TopK): void {
    const { block, bound } = this;
    for (let from = 0; from < bound; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, bound - from);
      this.scoreBlock(user, from, count);
      for (let i = 0; i < count; i++) if (block[i]! >= best.threshold && set.allows(from + i)) best.offer(from + i, block[i]!);
    }
  }

  /** Writes the scores of consecutive rows to `block`, two rows and two dimensions at a time. */
  private scoreBlock(user: Float64Array, from: number, count: number): void {
    const { vectors, bias, block, model: { dimension } } = this;
    const even = dimension & ~1;
    let i = 0;
    for (; i + 2 <= count && even === dimension; i += 2) {
      const row = from + i;
      let first = bias[row]!;
      let second = bias[row + 1]!;
      let firstOdd = 0;
      let secondOdd = 0;
      for (let c = 0, at = row * dimension, next = at + dimension; c < even; c += 2, at += 2, next += 2) {
        const value = user[c]!;
        const odd = user[c + 1]!;
        first += vectors[at]! * value;
        firstOdd += vectors[at + 1]! * odd;
        second += vectors[next]! * value;
        secondOdd += vectors[next + 1]! * odd;
      }
      block[i] = first + firstOdd;
      block[i + 1] = second + secondOdd;
    }
    for (; i < count; i++) block[i] = this.scoreOf(user, from + i);
  }

  /** Sums even and odd dimensions apart, as `scoreBlock` does, so that an item has one score. */
  private scoreOf(user: Float64Array, row: number): number {
    const { vectors, bias, model: { dimension } } = this;
    let sum = bias[row]!;
    let odd = 0;
    for (let c = 0, at = row * dimension; c < dimension; c += 2, at += 2) {
      sum += vectors[at]! * user[c]!;
      if (c + 1 < dimension) odd += vectors[at + 1]! * user[c + 1]!;
    }
    return sum + odd;
  }

  /** Takes in the rows that have come since; answers whether the model knows any of them, so that means have moved. */
  private append(): boolean {
    const { columns, model } = this;
    const from = this.bound;
    if (columns.size > this.bias.length) {
      const room = Math.ceil(columns.size * 1.25);
      this.vectors = larger(this.vectors, room * model.dimension);
      this.bias = larger(this.bias, room);
    }
    let learned = false;
    for (let row = from; row < columns.size; row++) {
      const modelRow = model.rowOfId(columns.id(row));
      if (modelRow < 0) {
        this.unknown.push(row);
        continue;
      }
      learned = true;
      this.rowsOfModel[modelRow] = row;
      const vector = model.itemOut.subarray(modelRow * model.dimension, (modelRow + 1) * model.dimension);
      this.vectors.set(vector, row * model.dimension);
      this.bias[row] = model.bias[modelRow]!;
      this.means.add(columns.categoriesOf(row), vector);
    }
    this.bound = columns.size;
    if (!learned) for (let i = this.unknown.length - 1; i >= 0 && this.unknown[i]! >= from; i--) this.writeUnknown(this.unknown[i]!);
    return learned;
  }

  private writeUnknown(row: number): void {
    this.means.write(this.columns.categoriesOf(row), this.vectors, row * this.model.dimension);
    this.bias[row] = this.newBias;
  }
}
