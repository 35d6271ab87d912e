import { OnnxGraph } from '@serendip/platform-onnx';
import { openModel, type DeviceChoice, type Fallback, type ModelRuntime, type Tensor } from '@serendip/platform-runtimes';
import { PlaceSearch, type Band } from '@serendip/retrieval-domain';
import { isDomainError } from '@serendip/shared-errors';

export interface VectorTable {
  readonly dimension: number;
  /** rows × dimension, row-major. */
  readonly vectors: Float32Array;
  /** Added to each row's score. */
  readonly biases: Float32Array;
}

/** A table as the graph that searches it. Can be posted to another thread. */
export interface VectorGraph {
  readonly rows: number;
  readonly dimension: number;
  /** An ONNX model. */
  readonly model: Uint8Array;
}

export interface GraphVectorIndexOptions {
  readonly device: DeviceChoice;
  /** As `openModel`'s: without it, it runs on that device or not at all. */
  readonly onFallback?: (fallback: Fallback) => void;
  /** Told of each run that fails; of the last one only, once what runs it is lost. */
  readonly onFailure?: (error: unknown) => void;
}

interface Waiting {
  readonly query: Float32Array;
  readonly rowOf: Int32Array;
  readonly mask: Uint8Array;
  readonly most: number;
  readonly resolve: (best: Band) => void;
  readonly reject: (error: unknown) => void;
}

/** Places that share a maximum. */
const BLOCK = 256;
/** Searches of one run: their scores of all places are in the card's memory together. */
const MOST_AT_ONCE = 16;
/** What a run answers is rounded up to a multiple of this, since a card compiles a program for each. */
const STEP = 128;

/**
 * Exact search as one graph: a matrix product of all vectors with the queries that wait, and the best places of each. The best k lie in the k blocks with the highest maxima, so that
 * only those are sorted and little comes back from the card. Places that a search must not find are masked before. Searches that wait share a run.
 */
export class GraphVectorIndex extends PlaceSearch {
  private readonly room: number;
  private waiting: Waiting[] = [];
  private running = false;
  isLost = false;

  private constructor(private readonly graph: ModelRuntime, readonly rows: number, private readonly dimension: number, private readonly onFailure: (error: unknown) => void) {
    super();
    this.room = roomFor(rows);
  }

  /** Throws INVALID_ARGUMENT/MODEL_INVALID, or UNAVAILABLE/RUNTIME_UNAVAILABLE, where nothing on the device can run it. */
  static async open({ model, rows, dimension }: VectorGraph, { device, onFallback, onFailure = () => undefined }: GraphVectorIndexOptions): Promise<GraphVectorIndex> {
    const runtime = await openModel({ 'model.onnx': model }, { format: 'onnx', device, sessions: 1, ...(onFallback === undefined ? {} : { onFallback }) });
    return new GraphVectorIndex(runtime, rows, dimension, onFailure);
  }

  get runtime(): string {
    return this.graph.name;
  }

  get device(): string {
    return this.graph.device;
  }

  search(query: Float32Array, { rowOf, mask }: { readonly rowOf: Int32Array; readonly mask: Uint8Array }, most: number): Promise<Band> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ query, rowOf, mask, most, resolve, reject });
      void this.next();
    });
  }

  close(): Promise<void> {
    return this.graph.close();
  }

  private async next(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) await this.run(this.waiting.splice(0, MOST_AT_ONCE));
    this.running = false;
  }

  private async run(searches: readonly Waiting[]): Promise<void> {
    try {
      const { blocks, places, scores } = await this.graph.run(this.inputsOf(searches));
      searches.forEach(({ most, resolve }, i) => resolve(bestOf({ blocks: part(blocks!, i), places: part(places!, i), scores: part(scores!, i) }, most)));
    } catch (error) {
      if (!this.isLost) this.onFailure(error);
      this.isLost ||= isDomainError(error) && error.reason === 'RUNTIME_LOST';
      for (const { reject } of searches) reject(error);
    }
  }

  private inputsOf(searches: readonly Waiting[]): Record<'queries' | 'mask' | 'wanted_blocks' | 'wanted_places', Tensor> {
    const { room, rows, dimension } = this;
    const queries = new Float32Array(searches.length * dimension);
    const masks = new Uint8Array(searches.length * room);
    searches.forEach(({ query, rowOf, mask }, i) => {
      queries.set(query, i * dimension);
      for (let place = 0, at = i * room; place < rows; place++, at++) {
        const row = rowOf[place]!;
        if (row >= 0 && row < mask.length && mask[row] !== 0) masks[at] = 1;
      }
    });
    const most = Math.ceil(searches.reduce((largest, search) => Math.max(largest, search.most), 1) / STEP) * STEP;
    const blocks = Math.min(most, room / BLOCK);
    return {
      queries: { type: 'float32', shape: [searches.length, dimension], data: queries }, mask: { type: 'bool', shape: [searches.length, room], data: masks },
      wanted_blocks: integer(blocks), wanted_places: integer(Math.min(most, blocks * BLOCK)),
    };
  }
}

const roomFor = (rows: number): number => Math.ceil(rows / BLOCK) * BLOCK;
const integer = (value: number): Tensor => ({ type: 'int64', shape: [1], data: BigInt64Array.of(BigInt(value)) });

/** The graph that searches a table of at least one row. One table is one ONNX model, so at most 2 GiB: 8 million rows of 64. */
export function vectorGraph({ dimension, vectors, biases }: VectorTable): VectorGraph {
  const room = roomFor(biases.length);
  const graph = new OnnxGraph('vector-index');
  const queries = graph.input('queries', 'float32', ['searches', dimension]);
  const mask = graph.input('mask', 'bool', ['searches', room]);
  const wantedBlocks = graph.input('wanted_blocks', 'int64', [1]);
  const wantedPlaces = graph.input('wanted_places', 'int64', [1]);
  const products = graph.node('Gemm', [queries, graph.constant(padded(vectors, room * dimension), [room, dimension]), graph.constant(padded(biases, room))], { transB: 1 });
  const masked = graph.node('Where', [mask, products, graph.constant(Float32Array.of(-Infinity), [1, 1])]);
  const blocks = graph.node('Reshape', [masked, graph.integers([-1, room / BLOCK, BLOCK])]);
  const maxima = graph.node('ReduceMax', [blocks], { axes: [2], keepdims: 0 });
  const [, bestBlocks] = graph.nodeWithOutputs('TopK', 2, [maxima, wantedBlocks], { axis: 1 });
  const gathered = graph.node('GatherND', [blocks, graph.node('Unsqueeze', [bestBlocks!, graph.integers([2])])], { batch_dims: 1 });
  // 0 keeps the searches, -1 is whatever is left.
  const candidates = graph.node('Reshape', [gathered, graph.integers([0, -1])]);
  const [scores, places] = graph.nodeWithOutputs('TopK', 2, [candidates, wantedPlaces], { axis: 1 });
  graph.output('blocks', bestBlocks!, 'int64', ['searches', 'blocks']);
  graph.output('places', places!, 'int64', ['searches', 'places']);
  graph.output('scores', scores!, 'float32', ['searches', 'places']);
  return { rows: biases.length, dimension, model: graph.build() };
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

function bestOf({ blocks, places, scores }: Readonly<Record<'blocks' | 'places' | 'scores', Tensor['data']>>, most: number): Band {
  const found = (scores as Float32Array).indexOf(-Infinity);
  const size = Math.min(most, found < 0 ? scores.length : found);
  const best = Int32Array.from({ length: size }, (_, i) => {
    const place = Number(places[i]);
    return Number(blocks[Math.floor(place / BLOCK)]) * BLOCK + (place % BLOCK);
  });
  return { places: best, scores: (scores as Float32Array).slice(0, size) };
}
