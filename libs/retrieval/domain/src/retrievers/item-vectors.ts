import type { ItemColumns } from '@serendip/shared-catalogue';
import type { Clock } from '../catalogue/derived.js';
import type { Best } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';
import { searchVectors } from '../vectors/search-vectors.js';
import { VectorColumns } from '../vectors/vector-columns.js';
import { CategoryMeans } from './category-means.js';
import type { RetrieverModel } from './retriever-model.js';

/** A new item's bias: that of an item less popular than four in five, so that it has to be personal to be found. */
const NEW_ITEM_QUANTILE = 0.2;
const RECOMPUTE_MS = 1000;

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

  /** The best rows of the set with their exact scores, best first, equal ones by lower row (`searchVectors`). */
  search(user: Float32Array, set: SearchSet, limit: number): Best {
    return searchVectors(this.vectors, user, { set, count: this.bound, limit });
  }

  /** Scores of rows; the same numbers as `search` finds. */
  score(user: Float32Array, rows: Int32Array): Float32Array {
    const scores = new Float32Array(rows.length);
    this.vectors.ask(user);
    this.vectors.score(rows, scores);
    return scores;
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
