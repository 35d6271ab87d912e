import { BLOCK_ROWS, type VectorColumns } from './vector-columns.js';

/** Rows whose scores say what score the wanted rows will have, in blocks that lie evenly over all rows. */
const SAMPLE_BLOCKS = 8;
const SAMPLE_ROWS = 128;
/** The first band has about twice as many rows as are wanted, and some more: their codes may put them in a wrong order. */
const SPARE = 2;
const LEAST_RANK = 8;
/** How much larger each band is than those before it. */
const WIDER = 4;

/**
 * The rows whose mask is not 0, in bands of their approximate score for the query asked, the likeliest band first: all of them at last, each once, ascending
 * in its band. The first is meant to be enough for `wanted` rows, so that most searches look through the codes once.
 */
export function* likelyRows(vectors: VectorColumns, { mask, count, wanted }: { readonly mask: Uint8Array; readonly count: number; readonly wanted: number }): Generator<Int32Array> {
  const sample = sampleOf(vectors, mask, count);
  let rank = Math.ceil((SPARE * wanted * SAMPLE_BLOCKS * SAMPLE_ROWS) / count) + LEAST_RANK;
  for (let below = Infinity; below !== -Infinity; rank *= WIDER) {
    const threshold = sample[rank] ?? -Infinity;
    yield bandOf(vectors, { mask, count, threshold, below });
    below = threshold;
  }
}

/** Approximate scores of some rows whose mask is not 0, highest first. */
function sampleOf(vectors: VectorColumns, mask: Uint8Array, count: number): Float32Array {
  const sample = new Float32Array(SAMPLE_BLOCKS * SAMPLE_ROWS);
  let size = 0;
  for (let block = 0; block < SAMPLE_BLOCKS; block++) {
    const from = Math.floor((block * count) / SAMPLE_BLOCKS / 4) * 4;
    const found = vectors.scan(from, Math.min(count, from + SAMPLE_ROWS), -Infinity);
    for (let i = 0; i < found; i++) if (mask[vectors.rows[i]!] !== 0) sample[size++] = vectors.scores[i]!;
  }
  return sample.subarray(0, size).sort().reverse();
}

function bandOf(vectors: VectorColumns, { mask, count, threshold, below }: { readonly mask: Uint8Array; readonly count: number; readonly threshold: number; readonly below: number }): Int32Array {
  const { rows, scores } = vectors;
  let band = new Int32Array(BLOCK_ROWS);
  let size = 0;
  for (let from = 0; from < count; from += BLOCK_ROWS) {
    const found = vectors.scan(from, Math.min(count, from + BLOCK_ROWS), threshold);
    if (size + found > band.length) band = enlarged(band);
    for (let i = 0; i < found; i++) if (scores[i]! < below && mask[rows[i]!] !== 0) band[size++] = rows[i]!;
  }
  return band.subarray(0, size);
}

function enlarged(rows: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(rows.length * 2 + BLOCK_ROWS);
  larger.set(rows);
  return larger;
}
