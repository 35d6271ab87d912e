import type { ItemColumns } from '@serendip/shared-catalogue';
import type { NeighbourScores } from '../encoders/neighbours.js';
import type { Best } from '../ordering/top-k.js';
import type { SearchSet } from '../request/search-filter.js';
import type { CatalogueView } from '../catalogue/catalogue-view.js';
import type { ItemEncoder } from '../encoders/item-encoder.js';
import type { RetrieverModel } from './retriever-model.js';
import { ItemVectors, type ItemVectorsOptions } from './item-vectors.js';

/** Catalogue rows with a score above 0, in no order. */
export interface NextItems {
  readonly rows: Int32Array;
  readonly scores: Float32Array;
  /** The highest score, of items outside the catalogue too; 0 when there is none. */
  readonly highest: number;
}

export const NO_ITEMS: NextItems = { rows: new Int32Array(0), scores: new Float32Array(0), highest: 0 };

/** A retriever version tied to the rows of one catalogue. */
export class BoundRetriever {
  readonly columns: ItemColumns;
  private readonly vectors: ItemVectors;

  constructor(readonly model: RetrieverModel, private readonly view: CatalogueView, options: ItemVectorsOptions) {
    this.columns = view.columns;
    this.vectors = new ItemVectors(model, view.columns, options);
    this.refresh();
  }

  get bytes(): number {
    return this.model.bytes + this.vectors.bytes;
  }

  /** How often it has changed. */
  get changes(): number {
    return this.vectors.changes;
  }

  /** Whether rows of the catalogue are left that it has not taken in: they are not found yet. */
  get isBehind(): boolean {
    return this.vectors.isBehind;
  }

  /** Items of the catalogue that the model does not know: all, and those that have a vector from an encoder. */
  get newItems(): { readonly count: number; readonly encoded: number; readonly encodedBy: string | undefined } {
    return this.vectors.newItems;
  }

  /** From now on this encoder gives items that the model does not know their vectors; without one they have those of others like them. */
  encodeBy(encoder: ItemEncoder | undefined): void {
    this.vectors.encodeBy(encoder);
  }

  /** Once the encoder has been asked about every item that is there, or has failed, or soon after a time of the clock. */
  encoded(untilMs?: number): Promise<void> {
    return this.vectors.newItems.settled(untilMs);
  }

  /** Takes in what is new in the catalogue, of very much only the next part; nearly free when nothing is. */
  refresh(): void {
    this.vectors.refresh(this.view.catalogueRevision);
  }

  /** The user vector of the newest items (the model's rows, newest first); undefined when the model knows none of them. */
  encode(recent: ArrayLike<number>): Float32Array | undefined | Promise<Float32Array | undefined> {
    const vector = new Float32Array(this.model.dimension);
    const items = this.model.encoder.encode(recent, vector);
    const known = (count: number): Float32Array | undefined => (count === 0 ? undefined : vector);
    return typeof items === 'number' ? known(items) : items.then(known);
  }

  /** The rows of the set that this user likes best, with their exact scores, best first; later, where the version is searched elsewhere. */
  search(user: Float32Array, set: SearchSet, limit: number): Best | Promise<Best> {
    return this.vectors.search(user, set, limit);
  }

  /** The same at once, wherever the version is searched. */
  searchHere(user: Float32Array, set: SearchSet, limit: number): Best {
    return this.vectors.searchHere(user, set, limit);
  }

  /** Scores of catalogue rows for this user; the same numbers as `search` finds. */
  score(user: Float32Array, rows: Int32Array): Float32Array {
    return this.vectors.score(user, rows);
  }

  /** What tends to follow these items (the model's rows, newest first). */
  next(recent: ArrayLike<number>): NextItems {
    const { next } = this.model;
    return next === undefined ? NO_ITEMS : this.inCatalogue(next.score(recent));
  }

  /** What is similar to the seeds together or, without any, to the user's newest items. */
  similar(seeds: ArrayLike<number>, recent: ArrayLike<number>): NextItems {
    const scorer = seeds.length > 0 ? this.model.similarToSeeds : this.model.similarToRecent;
    return scorer === undefined ? NO_ITEMS : this.inCatalogue(scorer.score(seeds.length > 0 ? seeds : recent));
  }

  private inCatalogue({ items, scores, count }: NeighbourScores): NextItems {
    const rows = new Int32Array(count);
    const kept = new Float32Array(count);
    let size = 0;
    let highest = 0;
    for (let i = 0; i < count; i++) {
      if (scores[i]! > highest) highest = scores[i]!;
      const row = this.vectors.rowOfModel(items[i]!);
      if (row < 0) continue;
      rows[size] = row;
      kept[size++] = scores[i]!;
    }
    return { rows: rows.subarray(0, size), scores: kept.subarray(0, size), highest };
  }
}
