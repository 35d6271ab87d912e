import type { ItemColumns } from '@serendip/shared-catalogue';
import type { Clock } from '../catalogue/derived.js';
import { TopK } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';
import { BLOCK_ROWS, VectorColumns } from '../vectors/vector-columns.js';
import { CategoryMeans } from './category-means.js';
import type { RetrieverModel } from './retriever-model.js';

/** A new item's bias: that of an item less popular than four in five, so that it has to be personal to be found. */
const NEW_ITEM_QUANTILE = 0.2;
const RECOMPUTE_MS = 1000;
/** So many rows, or so small a share of all (one in …), cost less to score than all cost to scan. */
const FEW_ROWS = 4096;
const FEW_SHARE = 8;
/** How many more rows are scored exactly than are wanted, besides an eighth. */
const SLACK = 32;

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
  private vectors: VectorColumns;
  private readonly approximate = new TopK();
  /** The vector that an unknown row gets, while it is written. */
  private readonly mean: Float32Array;
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
    this.vectors = new VectorColumns(model.dimension, columns.size);
    this.mean = new Float32Array(model.dimension);
  }

  get bytes(): number {
    return this.vectors.bytes + this.rowsOfModel.byteLength;
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

  /**
   * Offers the best rows of the set with their exact scores. Few rows are scored one by one. Of many, all are scored by their codes, and those
   * with the best approximate scores exactly: some more than are wanted, so that it takes an unlikely error of a code to lose one.
   */
  search(user: Float32Array, set: SearchSet, best: TopK): void {
    const few = set.rows.length <= FEW_ROWS || set.rows.length * FEW_SHARE < this.bound;
    const rows = few ? set.rows.filter((row) => set.mask[row] !== 0) : this.likely(user, set, best.limit + SLACK + (best.limit >> 3));
    const scores = this.score(user, rows);
    for (let i = 0; i < rows.length; i++) if (scores[i]! >= best.threshold && set.allows(rows[i]!)) best.offer(rows[i]!, scores[i]!);
  }

  /** Scores of rows; the same numbers as `search` finds. */
  score(user: Float32Array, rows: Int32Array): Float32Array {
    const scores = new Float32Array(rows.length);
    this.vectors.ask(user);
    this.vectors.score(rows, scores);
    return scores;
  }

  /** The allowed rows of the best approximate scores. */
  private likely(user: Float32Array, set: SearchSet, count: number): Int32Array {
    const { vectors, bound, approximate } = this;
    vectors.ask(user);
    approximate.begin(count);
    const offer = (row: number, score: number): void => { if (score >= approximate.threshold && set.allows(row)) approximate.offer(row, score); };
    for (let from = 0; from < bound; from += BLOCK_ROWS) vectors.scan(from, Math.min(bound, from + BLOCK_ROWS), approximate.threshold, offer);
    return approximate.take().rows;
  }

  /** Takes in the rows that have come since; answers whether the model knows any of them, so that means have moved. */
  private append(): boolean {
    const { columns, model } = this;
    const from = this.bound;
    if (columns.size > this.vectors.capacity) this.vectors = this.vectors.larger(Math.ceil(columns.size * 1.25));
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
      this.vectors.write(row, vector, model.bias[modelRow]!);
      this.means.add(columns.categoriesOf(row), vector);
    }
    this.bound = columns.size;
    if (!learned) for (let i = this.unknown.length - 1; i >= 0 && this.unknown[i]! >= from; i--) this.writeUnknown(this.unknown[i]!);
    return learned;
  }

  private writeUnknown(row: number): void {
    this.means.write(this.columns.categoriesOf(row), this.mean);
    this.vectors.write(row, this.mean, this.newBias);
  }
}
