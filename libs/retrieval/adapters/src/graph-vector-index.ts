import { OnnxGraph } from '@serendip/platform-onnx';
import { openModel, type DeviceChoice, type Fallback, type ModelRuntime, type Tensor } from '@serendip/platform-runtimes';

export interface VectorTable {
  readonly dimension: number;
  /** rows × dimension, row-major. */
  readonly vectors: Float32Array;
  /** Added to each row's score. */
  readonly biases: Float32Array;
}

export interface GraphVectorIndexOptions {
  readonly device: DeviceChoice;
  /** Most rows of an answer. */
  readonly most: number;
  readonly onFallback: (fallback: Fallback) => void;
}

/** Rows with their exact scores, best first. */
export interface BestRows {
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

interface Waiting {
  readonly query: Float32Array;
  readonly mask: Uint8Array;
  readonly limit: number;
  readonly resolve: (best: BestRows) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows that share a maximum. */
const BLOCK = 256;
/** Searches of one run: their scores of all rows are in the card's memory together. */
const MOST_AT_ONCE = 16;

/**
 * Exact search as one graph: a matrix product of all vectors with the queries that wait, and the best rows of each. The best k rows lie in the k blocks with the highest maxima, so that
 * only those are sorted and little comes back from the card. Rows that a search must not find are masked before. Searches that wait share a run.
 */
export class GraphVectorIndex {
  readonly rows: number;
  private readonly room: number;
  private waiting: Waiting[] = [];
  private running = false;

  private constructor(private readonly runtime: ModelRuntime, private readonly table: Pick<VectorTable, 'dimension' | 'biases'>) {
    this.rows = table.biases.length;
    this.room = roomFor(this.rows);
  }

  /** Throws INVALID_ARGUMENT/MODEL_INVALID, also for a table beyond the 2 GiB of an ONNX model (8 million rows of 64). */
  static async open(table: VectorTable, { device, most, onFallback }: GraphVectorIndexOptions): Promise<GraphVectorIndex> {
    const runtime = await openModel({ 'model.onnx': graphOf(table, most) }, { format: 'onnx', device, sessions: 1, onFallback });
    return new GraphVectorIndex(runtime, table);
  }

  get device(): string {
    return this.runtime.device;
  }

  /** The best rows whose mask is not 0; at most `limit`, which is at most the index's `most`. `mask` must not change until then. */
  search(query: Float32Array, mask: Uint8Array, limit: number): Promise<BestRows> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ query, mask, limit, resolve, reject });
      void this.next();
    });
  }

  close(): Promise<void> {
    return this.runtime.close();
  }

  private async next(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) await this.run(this.waiting.splice(0, MOST_AT_ONCE));
    this.running = false;
  }

  private async run(searches: readonly Waiting[]): Promise<void> {
    try {
      const { blocks, places, scores } = await this.runtime.run(this.inputsOf(searches));
      searches.forEach(({ limit, resolve }, i) => resolve(bestOf({ blocks: part(blocks!, i), places: part(places!, i), scores: part(scores!, i) }, limit)));
    } catch (error) {
      for (const { reject } of searches) reject(error);
    }
  }

  private inputsOf(searches: readonly Waiting[]): Record<'queries' | 'mask', Tensor> {
    const { room, table: { dimension } } = this;
    const queries = new Float32Array(searches.length * dimension);
    const masks = new Uint8Array(searches.length * room);
    searches.forEach(({ query, mask }, i) => {
      queries.set(query, i * dimension);
      for (let row = 0, at = i * room; row < this.rows; row++, at++) masks[at] = mask[row] === 0 ? 0 : 1;
    });
    return { queries: { type: 'float32', shape: [searches.length, dimension], data: queries }, mask: { type: 'bool', shape: [searches.length, room], data: masks } };
  }
}

const roomFor = (rows: number): number => Math.ceil(rows / BLOCK) * BLOCK;

function graphOf({ dimension, vectors, biases }: VectorTable, most: number): Uint8Array {
  const room = roomFor(biases.length);
  const blockCount = room / BLOCK;
  const kept = Math.min(most, blockCount);
  const graph = new OnnxGraph('vector-index');
  const queries = graph.input('queries', 'float32', ['searches', dimension]);
  const mask = graph.input('mask', 'bool', ['searches', room]);
  const products = graph.node('Gemm', [queries, graph.constant(padded(vectors, room * dimension), [room, dimension]), graph.constant(padded(biases, room))], { transB: 1 });
  const masked = graph.node('Where', [mask, products, graph.constant(Float32Array.of(-Infinity), [1, 1])]);
  const blocks = graph.node('Reshape', [masked, graph.integers([-1, blockCount, BLOCK])]);
  const maxima = graph.node('ReduceMax', [blocks], { axes: [2], keepdims: 0 });
  const [, bestBlocks] = graph.nodeWithOutputs('TopK', 2, [maxima, graph.integers([kept])], { axis: 1 });
  const gathered = graph.node('GatherND', [blocks, graph.node('Unsqueeze', [bestBlocks!, graph.integers([2])])], { batch_dims: 1 });
  const candidates = graph.node('Reshape', [gathered, graph.integers([-1, kept * BLOCK])]);
  const wanted = Math.min(most, kept * BLOCK);
  const [scores, places] = graph.nodeWithOutputs('TopK', 2, [candidates, graph.integers([wanted])], { axis: 1 });
  graph.output('blocks', bestBlocks!, 'int64', ['searches', kept]);
  graph.output('places', places!, 'int64', ['searches', wanted]);
  graph.output('scores', scores!, 'float32', ['searches', wanted]);
  return graph.build();
}

function padded(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const longer = new Float32Array(length);
  longer.set(values);
  return longer;
}

/** What an output says of one search. */
function part({ data, shape: [, width = 0] }: Tensor, search: number): Tensor['data'] {
  return data.subarray(search * width, (search + 1) * width);
}

function bestOf({ blocks, places, scores }: Readonly<Record<'blocks' | 'places' | 'scores', Tensor['data']>>, limit: number): BestRows {
  const found = (scores as Float32Array).indexOf(-Infinity);
  const size = Math.min(limit, found < 0 ? scores.length : found);
  const rows = Int32Array.from({ length: size }, (_, i) => {
    const place = Number(places[i]);
    return Number(blocks[Math.floor(place / BLOCK)]) * BLOCK + (place % BLOCK);
  });
  return { rows, scores: (scores as Float32Array).slice(0, size) };
}
