import { nthHighest } from '../ordering/nth-highest.js';
import { BLOCK_ROWS, type VectorColumns } from './vector-columns.js';

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

export interface Wanted {
  /** 0 for a row that is out of the question. */
  readonly mask: Uint8Array;
  /** Rows there are. */
  readonly count: number;
  /** Rows that are wanted. */
  readonly wanted: number;
}

/**
 * The rows whose mask is not 0, in bands of their approximate score for the query asked, the likeliest band first: all of them at last, each once, ascending
 * in its band. The first is meant to be enough for `wanted` rows, so that most searches look through the codes once.
 */
export function* likelyRows(vectors: VectorColumns, { mask, count, wanted }: Wanted): Generator<Int32Array> {
  const sample = sampleOf(vectors, mask, count);
  let rank = Math.ceil((SPARE * wanted * SAMPLE_BLOCKS * SAMPLE_ROWS) / count) + LEAST_RANK;
  let threshold = nthHighest(sample, rank);
  const likely = bandOf(vectors, { mask, count, threshold, below: Infinity });
  const most = Math.ceil(wanted * FIRST_SPARE) + FIRST_MORE;
  if (likely.rows.length > most) threshold = nthHighest(likely.scores, most);
  yield likely.rows.filter((_, i) => likely.scores[i]! >= threshold);
  while (threshold !== -Infinity) {
    const below = threshold;
    rank *= WIDER;
    threshold = nthHighest(sample, rank);
    yield bandOf(vectors, { mask, count, threshold, below }).rows;
  }
}

/** Approximate scores of some rows whose mask is not 0. */
function sampleOf(vectors: VectorColumns, mask: Uint8Array, count: number): Float32Array {
  const sample = new Float32Array(SAMPLE_BLOCKS * SAMPLE_ROWS);
  let size = 0;
  for (let block = 0; block < SAMPLE_BLOCKS; block++) {
    const from = Math.floor((block * count) / SAMPLE_BLOCKS / 4) * 4;
    const found = vectors.scan(from, Math.min(count, from + SAMPLE_ROWS), -Infinity);
    for (let i = 0; i < found; i++) if (mask[vectors.rows[i]!] !== 0) sample[size++] = vectors.scores[i]!;
  }
  return sample.subarray(0, size);
}

interface Band {
  readonly rows: Int32Array;
  /** Approximate. */
  readonly scores: Float32Array;
}

function bandOf(vectors: VectorColumns, { mask, count, threshold, below }: Omit<Wanted, 'wanted'> & { readonly threshold: number; readonly below: number }): Band {
  const { rows, scores } = vectors;
  let band = { rows: new Int32Array(2 * BLOCK_ROWS), scores: new Float32Array(2 * BLOCK_ROWS) };
  let size = 0;
  for (let from = 0; from < count; from += BLOCK_ROWS) {
    const found = vectors.scan(from, Math.min(count, from + BLOCK_ROWS), threshold);
    if (size + found > band.rows.length) band = enlarged(band);
    for (let i = 0; i < found; i++) {
      if (scores[i]! >= below || mask[rows[i]!] === 0) continue;
      band.rows[size] = rows[i]!;
      band.scores[size++] = scores[i]!;
    }
  }
  return { rows: band.rows.subarray(0, size), scores: band.scores.subarray(0, size) };
}

function enlarged({ rows, scores }: Band): { rows: Int32Array<ArrayBuffer>; scores: Float32Array<ArrayBuffer> } {
  const size = rows.length * 2 + BLOCK_ROWS;
  const larger = { rows: new Int32Array(size), scores: new Float32Array(size) };
  larger.rows.set(rows);
  larger.scores.set(scores);
  return larger;
}
