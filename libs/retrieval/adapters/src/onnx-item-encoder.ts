import { setTimeout as sleep } from 'node:timers/promises';
import { openModel, type ModelRuntime } from '@serendip/platform-runtimes';
import type { ItemEncoder } from '@serendip/retrieval-domain';
import { ItemInputs, type DescribedItem, type ItemColumns } from '@serendip/shared-catalogue';
import { DomainError, isDomainError } from '@serendip/shared-errors';

export interface OnnxItemEncoderParts {
  /** name@version. */
  readonly reference: string;
  readonly retriever: ItemEncoder['retriever'];
  /** Inputs by name (`ItemInputs`), in the order of the columns. */
  readonly features: readonly string[];
  /** An ONNX graph. */
  readonly model: Uint8Array;
  /** How long a run may take; default 5 s. */
  readonly timeoutMs?: number;
}

const INPUT = 'features';
const OUTPUT = 'vectors';
/** Ten times what checks let 32 items take. */
const TIMEOUT_MS = 5000;

/**
 * An item encoder as an ONNX graph: `features`, float32 [rows, columns], a row for each item as `ItemInputs` writes it; `vectors`, float32 [rows, dimension]. It has a thread of its own, and one run at a
 * time: while one goes on that took too long, others are refused.
 */
export class OnnxItemEncoder implements ItemEncoder {
  readonly reference: string;
  readonly retriever: ItemEncoder['retriever'];
  private readonly timeoutMs: number;
  isLost = false;
  private isRunning = false;

  private constructor(private readonly runtime: ModelRuntime, private readonly inputs: ItemInputs, readonly dimension: number, { reference, retriever, timeoutMs = TIMEOUT_MS }: OnnxItemEncoderParts) {
    this.reference = reference;
    this.retriever = retriever;
    this.timeoutMs = timeoutMs;
  }

  /** Tries the graph on an item that nothing is known of. Throws INVALID_ARGUMENT/MODEL_INVALID, and RangeError for inputs that there are not and a graph that takes or answers something else. */
  static async load(parts: OnnxItemEncoderParts): Promise<OnnxItemEncoder> {
    const inputs = new ItemInputs(parts.features);
    const runtime = await openModel({ 'model.onnx': parts.model }, { format: 'onnx', device: 'cpu', sessions: 1, apart: true });
    try {
      const [input] = runtime.inputs;
      if (runtime.inputs.length !== 1 || input!.name !== INPUT || input!.type !== 'float32' || input!.shape.length !== 2) {
        throw new RangeError(`its graph takes ${runtime.inputs.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join(', ')}, not ${INPUT} float32 [rows, ${inputs.width}]`);
      }
      const dimension = Number(runtime.outputs.find(({ name }) => name === OUTPUT)?.shape[1]);
      if (!Number.isInteger(dimension)) throw new RangeError(`its graph does not say how many values a row of '${OUTPUT}' has`);
      const encoder = new OnnxItemEncoder(runtime, inputs, dimension, parts);
      await encoder.run(new Float32Array(inputs.width), 1);
      return encoder;
    } catch (error) {
      await closed(runtime, parts.timeoutMs ?? TIMEOUT_MS);
      throw error;
    }
  }

  async encode(columns: ItemColumns, rows: Int32Array): Promise<Float32Array> {
    if (this.isRunning) throw new DomainError('DEADLINE_EXCEEDED', 'ENCODER_TOO_SLOW', `Item encoder ${this.reference} is still at what took more than ${this.timeoutMs} ms.`);
    const features = new Float32Array(rows.length * this.inputs.width);
    rows.forEach((row, i) => this.inputs.write(describedItem(columns, row), features, i));
    return this.run(features, rows.length);
  }

  close(): Promise<void> {
    return closed(this.runtime, this.timeoutMs);
  }

  private async run(features: Float32Array, rows: number): Promise<Float32Array> {
    const timer = new AbortController();
    const late = sleep(this.timeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
      throw new DomainError('DEADLINE_EXCEEDED', 'ENCODER_TOO_SLOW', `Item encoder ${this.reference} has taken more than ${this.timeoutMs} ms for ${rows} items.`);
    });
    this.isRunning = true;
    const running = this.runtime.run({ [INPUT]: { type: 'float32', shape: [rows, this.inputs.width], data: features } }).finally(() => { this.isRunning = false; });
    try {
      const { [OUTPUT]: vectors } = await Promise.race([running, late]);
      if (vectors === undefined || vectors.type !== 'float32' || vectors.data.length !== rows * this.dimension) {
        throw new RangeError(`its graph answers ${vectors === undefined ? 'no' : `${vectors.type} [${vectors.shape.join(', ')}] as`} '${OUTPUT}', not float32 [${rows}, ${this.dimension}]`);
      }
      return vectors.data as Float32Array;
    } catch (error) {
      this.isLost = isDomainError(error) && error.reason === 'RUNTIME_LOST';
      throw error;
    } finally {
      timer.abort();
    }
  }
}

/** A runtime closes once its run is over; how long that takes nobody knows, and nobody waits for it longer than for a run. */
async function closed(runtime: ModelRuntime, timeoutMs: number): Promise<void> {
  await Promise.race([runtime.close(), sleep(timeoutMs, undefined, { ref: false })]);
}

function describedItem(columns: ItemColumns, row: number): DescribedItem {
  return {
    title: columns.title(row), price: columns.price[row]!, attributes: columns.attributesOf(row),
    categories: Array.from(columns.categoriesOf(row), (category) => columns.categories.name(category)),
    tags: Array.from({ length: columns.tagCount(row) }, (_, place) => columns.tag(row, place)!),
  };
}
