import { nthHighest } from '../ordering/nth-highest.js';
import { BLOCK_ROWS, type VectorColumns } from './vector-columns.js';
import type { VectorLists } from './vector-lists.js';

/** Rows whose scores say what score the wanted rows will have, in blocks that lie evenly over all rows. */
const SAMPLE_BLOCKS = 8;
const SAMPLE_ROWS = 128;
/** Rows whose code scores are looked for at first, for each that is wanted, and in places of the sample: it says only about what score they will have. */
const SPARE = 2;
const LEAST_RANK = 8;
/** Of these the first band has at most so many, for each that is wanted and in all: codes may put some in a wrong order. */
const FIRST_SPARE = 1.25;
const FIRST_MORE = 32;
/** How much larger each band is than those before it. */
const WIDER = 4;
/** Lists are used for bands of at most one row in so many; for more of them hardly any list is left out. */
const LISTED_SHARE = 64;

/** Columns that are searched, the asked query being set. */
export interface Searched {
  readonly columns: VectorColumns;
  /** Places there are. */
  readonly count: number;
  /** Where places are grouped. */
  readonly lists?: VectorLists | undefined;
}

export interface Wanted {
  /** The row at each place; -1 for none. */
  readonly rowOf: Int32Array;
  /** By row; 0 for one that is out of the question. */
  readonly mask: Uint8Array;
  /** Rows whose mask is not 0, at most. */
  readonly open: number;
  /** Rows that are wanted. */
  readonly wanted: number;
}

/** Places with their approximate scores, in no order. */
export interface Band {
  readonly places: Int32Array;
  readonly scores: Float32Array;
}

/**
 * The places of rows whose mask is not 0, in bands of their approximate score for the query, the likeliest band first: all of them at last, each once. The first is meant to be enough for
 * `wanted` rows, so that most searches look through the codes once or, where places are grouped, through those of few lists.
 */
export function* likelyPlaces(searched: Searched, query: Float32Array, wanted: Wanted): Generator<Int32Array> {
  const { lists, count } = searched;
  if (lists === undefined) return yield* bandsOf(searched, wanted);
  const given = new Set<number>();
  for (let most = firstBandOf(wanted.wanted); most * LISTED_SHARE <= count; most *= WIDER) yield fresh(reachedPlaces(searched, lists, query, wanted, most).places, given);
  for (const band of bandsOf(searched, { ...wanted, wanted: Math.max(wanted.wanted, given.size) })) yield fresh(band, given);
}

/** The first band of the likeliest places, with their approximate scores. */
export function likeliestPlaces(searched: Searched, query: Float32Array, wanted: Wanted): Band {
  const most = firstBandOf(wanted.wanted);
  return searched.lists === undefined ? firstOf(searched, wanted).band : reachedPlaces(searched, searched.lists, query, wanted, most);
}

/** So many places, for so many wanted rows, are enough for most searches. */
export const firstBandOf = (wanted: number): number => Math.ceil(wanted * FIRST_SPARE) + FIRST_MORE;

function fresh(places: Int32Array, given: Set<number>): Int32Array {
  const left = given.size === 0 ? places : places.filter((place) => !given.has(place));
  for (const place of left) given.add(place);
  return left;
}

/** About the `most` best, from the lists that may hold one of them. */
function reachedPlaces({ columns, count }: Searched, lists: VectorLists, query: Float32Array, { rowOf, mask, open }: Wanted, most: number): Band {
  const { order, reach } = lists.reachable(query, ((most - FIRST_MORE) / FIRST_SPARE) * (count / open));
  const { starts } = lists;
  const found = new Places(2 * most + BLOCK_ROWS);
  let least = -Infinity;
  for (const list of order) {
    if (reach[list]! < least) break;
    for (let from = starts[list]!, end = starts[list + 1]!; from < end; from = columns.scanned) {
      const before = found.size;
      found.take(columns, columns.scan(from, end, least));
      found.drop({ rowOf, mask, below: Infinity }, before);
      if (found.size >= 2 * most) least = found.keep(most);
    }
  }
  found.keep(most);
  return found.band;
}

function* bandsOf(searched: Searched, wanted: Wanted): Generator<Int32Array> {
  const { sample, band, rank: first, threshold: reached } = firstOf(searched, wanted);
  let [rank, threshold] = [first, reached];
  yield band.places;
  while (threshold !== -Infinity) {
    const below = threshold;
    rank *= WIDER;
    threshold = nthHighest(sample, rank);
    yield bandOf(searched, wanted, { threshold, below }).band.places;
  }
}

function firstOf(searched: Searched, wanted: Wanted): { readonly sample: Float32Array; readonly band: Band; readonly rank: number; readonly threshold: number } {
  const sample = sampleOf(searched, wanted);
  const rank = Math.ceil((SPARE * wanted.wanted * SAMPLE_BLOCKS * SAMPLE_ROWS) / searched.count) + LEAST_RANK;
  const threshold = nthHighest(sample, rank);
  const found = bandOf(searched, wanted, { threshold, below: Infinity });
  const least = found.keep(firstBandOf(wanted.wanted));
  return { sample, band: found.band, rank, threshold: Math.max(threshold, least) };
}

/** Approximate scores of some rows whose mask is not 0. */
function sampleOf({ columns, count }: Searched, { rowOf, mask }: Wanted): Float32Array {
  const sample = new Places(SAMPLE_BLOCKS * SAMPLE_ROWS);
  for (let block = 0; block < SAMPLE_BLOCKS; block++) {
    const from = Math.floor((block * count) / SAMPLE_BLOCKS);
    const to = Math.min(count, from + SAMPLE_ROWS);
    if (from < to) sample.take(columns, columns.scan(from, to, -Infinity));
  }
  sample.drop({ rowOf, mask, below: Infinity });
  return sample.band.scores;
}

function bandOf({ columns, count }: Searched, { rowOf, mask }: Wanted, { threshold, below }: { readonly threshold: number; readonly below: number }): Places {
  const found = new Places(2 * BLOCK_ROWS);
  for (let from = 0; from < count; from = columns.scanned) found.take(columns, columns.scan(from, count, threshold));
  found.drop({ rowOf, mask, below });
  return found;
}

/** Places that are gathered with their scores. */
class Places {
  size = 0;
  private places: Int32Array;
  private scores: Float32Array;

  constructor(room: number) {
    this.places = new Int32Array(room);
    this.scores = new Float32Array(room);
  }

  get band(): Band {
    return { places: this.places.subarray(0, this.size), scores: this.scores.subarray(0, this.size) };
  }

  /** Takes in what a scan has found. */
  take({ rows, scores }: VectorColumns, count: number): void {
    const { size } = this;
    if (size + count > this.places.length) this.enlarge(count);
    this.places.set(rows.subarray(0, count), size);
    this.scores.set(scores.subarray(0, count), size);
    this.size = size + count;
  }

  /** Drops what is masked or has been given already, of those from `first` on. Rows lie all over the mask: looked up in loops that do nothing else, they are waited for together. */
  drop({ rowOf, mask, below }: Pick<Wanted, 'rowOf' | 'mask'> & { readonly below: number }, first = 0): void {
    const { places, scores, size } = this;
    const open = new Uint8Array(size - first);
    for (let i = first; i < size; i++) {
      const row = rowOf[places[i]!]!;
      open[i - first] = row < 0 ? 0 : mask[row]!;
    }
    let kept = first;
    for (let i = first; i < size; i++) {
      if (open[i - first] === 0 || scores[i]! >= below) continue;
      places[kept] = places[i]!;
      scores[kept++] = scores[i]!;
    }
    this.size = kept;
  }

  /** Drops all but about the `most` best; answers the score that these have at least, -Infinity when there are no more. */
  keep(most: number): number {
    const { places, scores, size } = this;
    const least = nthHighest(scores.subarray(0, size), most);
    if (least === -Infinity) return least;
    let kept = 0;
    for (let i = 0; i < size; i++) {
      if (scores[i]! < least) continue;
      places[kept] = places[i]!;
      scores[kept++] = scores[i]!;
    }
    this.size = kept;
    return least;
  }

  private enlarge(more: number): void {
    const room = this.places.length * 2 + more;
    const [places, scores] = [new Int32Array(room), new Float32Array(room)];
    places.set(this.places);
    scores.set(this.scores);
    this.places = places;
    this.scores = scores;
  }
}
