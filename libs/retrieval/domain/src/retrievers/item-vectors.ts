import type { ItemColumns } from '@serendip/shared-catalogue';
import type { Clock } from '../catalogue/derived.js';
import type { EncodingListener, ItemEncoder } from '../encoders/item-encoder.js';
import type { Best } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';
import { RowVectors } from '../vectors/row-vectors.js';
import { searchVectors, searchVectorsBy } from '../vectors/search-vectors.js';
import { CategoryMeans } from './category-means.js';
import { NewItems } from './new-items.js';
import type { RetrieverModel } from './retriever-model.js';

const RECOMPUTE_MS = 1000;
/** Rows that are taken in at once, a few milliseconds; a large catalogue is taken in bit by bit. */
const MOST_AT_ONCE = 1024;

export interface ItemVectorsOptions {
  readonly clock: Clock;
  readonly onEncode?: EncodingListener | undefined;
}

/** Vectors and biases of a catalogue's rows. An item that the model knows has its place in the model's index; any other has a vector of its own (`NewItems`) and a low bias. */
export class ItemVectors {
  private readonly rowsOfModel: Int32Array;
  private readonly means: CategoryMeans;
  private readonly vectors: RowVectors;
  /** Rows that the model doesn't know. */
  readonly newItems: NewItems;
  private bound = 0;
  /** Whether means have moved since the unknown rows were written. */
  private learned = false;
  private revision = -1;
  private refreshes = 0;
  private recomputedAtMs = -Infinity;
  private readonly clock: Clock;

  constructor(private readonly model: RetrieverModel, private readonly columns: ItemColumns, { clock, onEncode }: ItemVectorsOptions) {
    this.clock = clock;
    this.rowsOfModel = new Int32Array(model.size).fill(-1);
    this.means = new CategoryMeans(model.dimension);
    this.vectors = new RowVectors(model.index);
    this.newItems = new NewItems({ columns, means: this.means, vectors: this.vectors, dimension: model.dimension, bias: model.newBias, clock, onEncode });
  }

  /** How often vectors have changed. */
  get changes(): number {
    return this.refreshes + this.newItems.changes;
  }

  get bytes(): number {
    return this.vectors.bytes + this.rowsOfModel.byteLength;
  }

  /** Catalogue row of a model row, or -1. */
  rowOfModel(row: number): number {
    return this.rowsOfModel[row]!;
  }

  /** Whether rows are left that have not been taken in. */
  get isBehind(): boolean {
    return this.bound < this.columns.size;
  }

  /** From now on this encoder gives the vectors of rows that the model doesn't know, those that are there included; without one they are means. */
  encodeBy(encoder: ItemEncoder | undefined): void {
    this.newItems.encodeBy(encoder);
    this.newItems.ask();
  }

  /** Takes in new rows at once, but of very many only the next, and what has changed of rows that the model doesn't know at most once a second. */
  refresh(revision: number): void {
    if (this.revision !== revision || this.isBehind) this.takeIn(revision);
    this.newItems.ask();
  }

  /** The best rows of the set with their exact scores, best first, equal ones by lower row (`searchVectors`). */
  search(user: Float32Array, set: SearchSet, limit: number): Best | Promise<Best> {
    const { elsewhere } = this.model;
    return elsewhere === undefined ? this.searchHere(user, set, limit) : searchVectorsBy(elsewhere, this.vectors, user, { set, limit });
  }

  /** The same at once, on this thread. */
  searchHere(user: Float32Array, set: SearchSet, limit: number): Best {
    return searchVectors(this.vectors, user, { set, limit });
  }

  /** Scores of rows; the same numbers as `search` finds. */
  score(user: Float32Array, rows: Int32Array): Float32Array {
    const scores = new Float32Array(rows.length);
    this.vectors.ask(user);
    this.vectors.score(rows, scores);
    return scores;
  }

  private takeIn(revision: number): void {
    const taken = this.append();
    const now = this.clock();
    if (this.isBehind || (!this.learned && now - this.recomputedAtMs < RECOMPUTE_MS)) {
      // What was taken in is in answers from now on.
      if (taken > 0) this.refreshes++;
      return;
    }
    this.refreshes++;
    this.newItems.refresh();
    this.learned = false;
    this.revision = revision;
    this.recomputedAtMs = now;
  }

  /** Takes in rows that have come since; answers how many. */
  private append(): number {
    const { columns, model } = this;
    const from = this.bound;
    const end = Math.min(columns.size, from + MOST_AT_ONCE);
    for (let row = from; row < end; row++) {
      const modelRow = model.rowOfId(columns.id(row));
      if (modelRow < 0) {
        this.newItems.add(row);
        continue;
      }
      this.learned = true;
      this.rowsOfModel[modelRow] = row;
      this.means.add(columns.categoriesOf(row), this.vectors.place(row, modelRow));
    }
    this.bound = end;
    return end - from;
  }
}
