import { nthHighest } from '../ordering/nth-highest.js';
import { groupVectors } from './group-vectors.js';
import type { VectorTable } from './k-means.js';
import { likeliestPlaces, type Band, type Searched } from './likely-places.js';
import { VectorColumns } from './vector-columns.js';
import type { KernelMemory } from './vector-kernel.js';
import { VectorLists, type Margin, type VectorListsParts } from './vector-lists.js';

/** What an index is made of. Can be posted to another thread, where it is the same memory. */
export interface VectorIndexParts {
  readonly dimension: number;
  /** Codes and vectors, a place each. */
  readonly memory: KernelMemory;
  /** The place of each of the table's rows. */
  readonly placeOf: Int32Array;
  readonly lists?: VectorListsParts;
}

export interface IndexOptions {
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** From so many rows on they are grouped into lists; LISTS_FROM by default. */
  readonly listsFrom?: number;
}

/** Below, looking through all codes costs hardly more than choosing lists, and is ready sooner. */
export const LISTS_FROM = 200_000;
/** Best rows whose lists margins are measured for, and by how many searches each. */
const MEASURED = [100, 400, 1600];
const SEARCHES = 32;
/** The share of these rows whose lists must be reached. */
const LEAST_REACHED = 0.992;
/** What is then tried: the best rows of other searches, the share of them that must be found, how often margins are widened until it is, and by how much. */
const BEST = 100;
const LEAST_RECALL = 0.99;
const MOST_TRIES = 4;
const WIDER = 1.1;
/** Items that a made-up user likes. */
const MOST_LIKED = 4;

/** Vectors and biases of a table that never changes, in the order they are searched in. */
export class VectorIndex {
  readonly size: number;
  readonly columns: VectorColumns;
  readonly lists: VectorLists | undefined;
  readonly placeOf: Int32Array;

  constructor({ dimension, memory, placeOf, lists }: VectorIndexParts) {
    this.size = placeOf.length;
    this.columns = new VectorColumns(dimension, this.size, memory);
    this.lists = lists === undefined ? undefined : new VectorLists(lists, dimension);
    this.placeOf = placeOf;
  }

  get bytes(): number {
    return this.columns.bytes + (this.lists?.bytes ?? 0) + this.placeOf.byteLength;
  }
}

/**
 * Makes the index of a table; some seconds for a million rows. Rows of a large one are grouped into lists, with the margin that finds what a search through all of them finds in made-up
 * searches; where lists miss more than one in a hundred all the same, there are none.
 */
export function indexVectors(table: VectorTable, bias: Float32Array, { random, listsFrom = LISTS_FROM }: IndexOptions): VectorIndexParts {
  const grouped = bias.length >= listsFrom ? groupVectors(table, bias, random) : undefined;
  const rows = grouped?.rows ?? Int32Array.from(bias.keys());
  const { dimension, vectors } = table;
  const columns = new VectorColumns(dimension, bias.length);
  const placeOf = new Int32Array(bias.length);
  rows.forEach((row, place) => {
    columns.write(place, vectors.subarray(row * dimension, (row + 1) * dimension), bias[row]!);
    placeOf[row] = place;
  });
  const plain = { dimension, memory: columns.memory, placeOf };
  if (grouped === undefined) return plain;
  const user = () => madeUpUser(table, random);
  return proven(plain, { ...grouped, margins: marginsFor(columns, grouped, user) }, user);
}

/** With lists whose margins have been tried, or without any. */
function proven(plain: VectorIndexParts, { starts, centres, biases, spreads, covariance, margins: measured }: VectorListsParts, user: () => Float32Array): VectorIndexParts {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const margins = measured.map(({ wanted, margin }) => ({ wanted, margin: margin * WIDER ** attempt }));
    const parts = { ...plain, lists: { starts, centres, biases, spreads, covariance, margins } };
    if (recallOf(new VectorIndex(parts), user) >= LEAST_RECALL) return parts;
  }
  return plain;
}

/** Somebody who likes a few of the items. */
function madeUpUser({ vectors, dimension }: VectorTable, random: () => number): Float32Array {
  const user = new Float32Array(dimension);
  const size = vectors.length / dimension;
  const liked = 1 + Math.floor(random() * MOST_LIKED);
  for (let item = 0; item < liked; item++) {
    const at = Math.floor(random() * size) * dimension;
    for (let c = 0; c < dimension; c++) user[c]! += vectors[at + c]! / liked;
  }
  return user;
}

/** The margins with which the lists of nearly all best rows are reached. */
function marginsFor(columns: VectorColumns, parts: Omit<VectorListsParts, 'margins'>, user: () => Float32Array): readonly Margin[] {
  const lists = new VectorLists({ ...parts, margins: [] }, columns.dimension);
  const listOf = new Int32Array(columns.capacity);
  for (let list = 0; list < lists.count; list++) listOf.fill(list, parts.starts[list], parts.starts[list + 1]);
  const searched = { columns, count: columns.capacity };
  return MEASURED.map((wanted) => {
    const margins = Array.from({ length: SEARCHES }, () => {
      const query = user();
      const band = likeliest(searched, query, wanted);
      const least = leastOf(band);
      const { means, deviation } = lists.meansOf(query);
      return Array.from(bestOf(band, wanted).places, (place) => {
        const spread = deviation * parts.spreads[listOf[place]!]!;
        return spread > 0 ? Math.max(0, (least - means[listOf[place]!]!) / spread) : 0;
      });
    }).flat().sort((a, b) => a - b);
    return { wanted, margin: margins[Math.floor(LEAST_REACHED * (margins.length - 1))] ?? 0 };
  });
}

/** The share of the best rows that are found by lists. */
function recallOf({ columns, lists, size }: VectorIndex, user: () => Float32Array): number {
  let [found, all] = [0, 0];
  for (let search = 0; search < SEARCHES; search++) {
    const query = user();
    const right = new Set(bestOf(likeliest({ columns, count: size }, query, BEST), BEST).places);
    all += right.size;
    for (const place of likeliest({ columns, count: size, lists }, query, BEST).places) if (right.has(place)) found++;
  }
  return found / all;
}

/** The best places of an index, whatever rows they stand for, as this thread finds them. */
export function bestPlaces({ columns, lists, size }: VectorIndex, query: Float32Array, count: number): Band {
  return bestOf(likeliest({ columns, count: size, lists }, query, count), count);
}

/** Among all places, each of which stands for the same row. */
function likeliest(searched: Searched, query: Float32Array, wanted: number): Band {
  const { count } = searched;
  searched.columns.ask(query);
  return likeliestPlaces(searched, query, { mask: ONE, rowOf: new Int32Array(count), open: count, wanted });
}

const ONE = Uint8Array.of(1);
const leastOf = ({ scores }: Band): number => scores.reduce((least, score) => Math.min(least, score), Infinity);

function bestOf({ places, scores }: Band, count: number): Band {
  const least = nthHighest(scores, count - 1);
  return { places: places.filter((_, i) => scores[i]! >= least), scores: scores.filter((score) => score >= least) };
}
