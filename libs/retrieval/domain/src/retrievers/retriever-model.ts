import { HashTable64, hash64 } from '@serendip/shared-identity';
import { LagFilterEncoder, type LagFilterWeights } from '../encoders/lag-filter.js';
import { NeighbourScorer, type NeighbourTable } from '../encoders/neighbours.js';
import type { UserEncoder } from '../encoders/user-encoder.js';
import type { PlaceSearch } from '../vectors/place-search.js';
import { VectorIndex } from '../vectors/vector-index.js';
import { prepareRetriever, type PreparedRetriever, type RetrieverTables } from './prepare-retriever.js';

export interface RetrieverModelOptions {
  /** Must be given where there is no lag filter. */
  readonly encoder?: UserEncoder | undefined;
  /** What searches the index elsewhere; without it, it is searched here. */
  readonly elsewhere?: PlaceSearch | undefined;
}

/** What a retriever version with the encoder `lag-filter` is made of. */
export type RetrieverParts = Omit<RetrieverTables, 'dimension' | 'encoder'> & { readonly encoder: LagFilterWeights };

/** The user's items beyond these say little about what is similar to the newest. */
const SIMILAR_LAGS = 8;
const MOST_SEEDS = 64;

/** One retriever version, by its own rows; what doesn't depend on the catalogue. */
export class RetrieverModel {
  readonly reference: string;
  readonly size: number;
  readonly dimension: number;
  readonly encoder: UserEncoder;
  readonly index: VectorIndex;
  /** The bias of an item that the version does not know. */
  readonly newBias: number;
  readonly next: NeighbourScorer | undefined;
  readonly similarToSeeds: NeighbourScorer | undefined;
  readonly similarToRecent: NeighbourScorer | undefined;
  readonly bytes: number;
  private readonly rowOfHash: HashTable64;
  private readonly search: PlaceSearch | undefined;

  /** Takes no time. */
  constructor(prepared: PreparedRetriever, { encoder, elsewhere }: RetrieverModelOptions = {}) {
    const { reference, size, dimension, encoder: weights, rowOfHash, index, newBias, neighbours, similar } = prepared;
    this.reference = reference;
    this.size = size;
    this.dimension = dimension;
    this.encoder = encoder ?? new LagFilterEncoder(weights!);
    this.index = new VectorIndex(index);
    this.search = elsewhere;
    this.newBias = newBias;
    this.next = neighbours === undefined ? undefined : new NeighbourScorer(neighbours);
    this.similarToSeeds = similar === undefined ? undefined : new NeighbourScorer(similar, { lags: MOST_SEEDS, decay: 1 });
    this.similarToRecent = similar === undefined ? undefined : new NeighbourScorer(similar, { lags: SIMILAR_LAGS });
    this.rowOfHash = HashTable64.of(rowOfHash);
    this.bytes = this.index.bytes + bytesOf([weights?.itemIn, rowOfHash.slots, neighbours?.ids, neighbours?.weights, similar?.ids, similar?.weights]);
  }

  /** Checks and indexes the tables on this thread (`prepareRetriever`). */
  static of(parts: RetrieverParts): RetrieverModel {
    return new RetrieverModel(prepareRetriever({ ...parts, dimension: parts.encoder.dimension }));
  }

  /** Row of an item by its id, or -1. */
  rowOfId(id: string): number {
    const { lo, hi } = hash64(id);
    return this.rowOfHash.get(lo, hi);
  }

  /** Row of an item by the hash of its id, or -1. */
  rowOfHashed(lo: number, hi: number): number {
    return this.rowOfHash.get(lo, hi);
  }

  /** What searches the index in this thread's place, while it can. */
  get elsewhere(): PlaceSearch | undefined {
    return this.search?.isLost === true ? undefined : this.search;
  }

  /** What searches it, and on what. */
  get searchedBy(): { readonly runtime: string; readonly device: string } {
    return this.elsewhere ?? { runtime: this.index.lists === undefined ? 'codes' : 'lists', device: 'cpu' };
  }

  /** Gives back what the encoder and the search hold; it must not be used after that. */
  async close(): Promise<void> {
    await this.encoder.close?.();
    await this.search?.close();
  }
}

const bytesOf = (tables: readonly (NeighbourTable['ids'] | Float32Array | undefined)[]): number => tables.reduce((sum, table) => sum + (table?.byteLength ?? 0), 0);
