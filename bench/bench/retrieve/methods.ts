/** The ways to search that are compared; each is a function of a table. */
import { availableParallelism } from 'node:os';
import { GraphVectorIndex, vectorGraph } from '@serendip/retrieval-adapters';
import { RowVectors, VectorColumns, VectorIndex, indexVectors, searchVectors } from '@serendip/retrieval-domain';
import { Index } from 'usearch';
import { seededRandom } from '../../shared/random.ts';
import { DIMENSION } from './table.ts';

export const BEST = 100;

export interface Method {
  /** Searches under way at the same time: what waits shares a run on a card. */
  readonly atOnce: number;
  /** Rows, best first. */
  search(query: Float32Array): Promise<Int32Array> | Int32Array;
  close?(): Promise<void>;
}

export const METHODS: Readonly<Record<string, (vectors: Float32Array<ArrayBuffer>) => Promise<Method>>> = { exact, codes, lists, hnsw, gpu };

const rowsOf = (vectors: Float32Array): number => vectors.length / DIMENSION;

function rowVectorsOf(vectors: Float32Array<ArrayBuffer>, listsFrom: number): RowVectors {
  const index = new VectorIndex(indexVectors({ dimension: DIMENSION, vectors }, new Float32Array(rowsOf(vectors)), { random: seededRandom(1), listsFrom }));
  const rows = new RowVectors(index);
  for (let row = 0; row < index.size; row++) rows.place(row, row);
  return rows;
}

/** Every row scored in float32, by the product's kernel. */
async function exact(vectors: Float32Array<ArrayBuffer>): Promise<Method> {
  const columns = new VectorColumns(DIMENSION, rowsOf(vectors));
  for (let row = 0; row < rowsOf(vectors); row++) columns.write(row, vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION), 0);
  const all = Int32Array.from({ length: rowsOf(vectors) }, (_, row) => row);
  const scores = new Float32Array(all.length);
  return {
    atOnce: 1,
    search: (query) => {
      columns.ask(query);
      columns.score(all, scores);
      const threshold = Float32Array.from(scores).sort().at(-BEST)!;
      return all.filter((row) => scores[row]! >= threshold).sort((a, b) => scores[b]! - scores[a]!).subarray(0, BEST);
    },
  };
}

/** Every row by its code, and the likeliest in float32: what the product does with fewer than 200,000 items. */
async function codes(vectors: Float32Array<ArrayBuffer>): Promise<Method> {
  return searched(rowVectorsOf(vectors, Infinity));
}

/** The codes of the lists that the best rows may be in, and the likeliest of them in float32: what the product does with more. */
async function lists(vectors: Float32Array<ArrayBuffer>): Promise<Method> {
  return searched(rowVectorsOf(vectors, 0));
}

function searched(vectors: RowVectors): Method {
  const { size } = vectors;
  const set = { rows: Int32Array.from({ length: size }, (_, row) => row), mask: new Uint8Array(size).fill(1), allows: () => true };
  return { atOnce: 1, search: (query) => searchVectors(vectors, query, { set, limit: BEST }).rows };
}

/** usearch with the values its authors recommend. */
async function hnsw(vectors: Float32Array<ArrayBuffer>): Promise<Method> {
  const index = new Index({ metric: 'ip' as never, dimensions: DIMENSION, connectivity: 16, quantization: 'f16' as never, expansion_add: 128, expansion_search: 256, multi: false });
  const ROWS = 10_000;
  for (let from = 0; from < rowsOf(vectors); from += ROWS) {
    const part = vectors.subarray(from * DIMENSION, (from + ROWS) * DIMENSION);
    index.add(BigUint64Array.from({ length: rowsOf(part) }, (_, i) => BigInt(from + i)), part, availableParallelism());
  }
  return { atOnce: 1, search: (query) => Int32Array.from(index.search(query, BEST, 1).keys, Number) };
}

/** The product's graph on a graphics card, in software where there is none. */
async function gpu(vectors: Float32Array): Promise<Method> {
  const fell: string[] = [];
  const index = await GraphVectorIndex.open(vectorGraph({ dimension: DIMENSION, vectors, biases: new Float32Array(rowsOf(vectors)) }), { device: 'gpu', onFallback: ({ reason }) => fell.push(reason) });
  if (fell.length > 0) throw new Error(`There is no WebGPU here: ${fell[0]}`);
  const set = { rowOf: Int32Array.from({ length: index.rows }, (_, row) => row), mask: new Uint8Array(index.rows).fill(1) };
  return { atOnce: 16, search: async (query) => (await index.search(query, set, BEST)).places, close: () => index.close() };
}
