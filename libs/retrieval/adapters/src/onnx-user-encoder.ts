import { openModel, type ModelRuntime, type TensorData } from '@serendip/platform-runtimes';
import type { UserEncoder } from '@serendip/retrieval-domain';

const INPUT = 'items';
const OUTPUT = 'user';
const DEFAULT_LENGTH = 50;

/**
 * A user encoder as an ONNX graph over recent history, as sequence models are. It takes `items`, int64 or int32 [users, length]: the user's newest items, oldest first, each the number of
 * its line in items.txt from 1, with zeros in front where there are fewer. It answers `user`, float32 [users, dimension]. It has a thread of its own, so that requests that do not need it
 * do not wait for it.
 */
export class OnnxUserEncoder implements UserEncoder {
  private constructor(private readonly runtime: ModelRuntime, private readonly itemCount: number, private readonly length: number, private readonly type: 'int64' | 'int32', readonly dimension: number) {}

  /** Tries the graph on a user. Throws INVALID_ARGUMENT/MODEL_INVALID, and RangeError for a graph that takes or answers something else. */
  static async load(model: Uint8Array, { items, dimension }: { readonly items: number; readonly dimension: number }): Promise<OnnxUserEncoder> {
    const runtime = await openModel({ 'model.onnx': model }, { format: 'onnx', device: 'cpu', sessions: 1, apart: true });
    try {
      const encoder = OnnxUserEncoder.over(runtime, items, dimension);
      await encoder.encode([0], new Float32Array(dimension));
      return encoder;
    } catch (error) {
      await runtime.close();
      throw error;
    }
  }

  private static over(runtime: ModelRuntime, items: number, dimension: number): OnnxUserEncoder {
    const [input] = runtime.inputs;
    const length = input?.shape[1];
    if (runtime.inputs.length !== 1 || input!.name !== INPUT || input!.shape.length !== 2 || (input!.type !== 'int64' && input!.type !== 'int32')) {
      throw new RangeError(`its graph takes ${runtime.inputs.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join(', ')}, not ${INPUT} int64 [users, length]`);
    }
    return new OnnxUserEncoder(runtime, items, typeof length === 'number' ? length : DEFAULT_LENGTH, input!.type, dimension);
  }

  async encode(recent: ArrayLike<number>, out: Float32Array): Promise<number> {
    const known: number[] = [];
    for (let i = 0; i < recent.length && known.length < this.length; i++) if (recent[i]! >= 0 && recent[i]! < this.itemCount) known.push(recent[i]! + 1);
    out.fill(0);
    if (known.length === 0) return 0;
    const { [OUTPUT]: user } = await this.runtime.run({ [INPUT]: { type: this.type, shape: [1, this.length], data: this.padded(known) } });
    if (user === undefined || user.type !== 'float32' || user.data.length !== this.dimension) {
      throw new RangeError(`its graph answers ${user === undefined ? 'no' : `${user.type} [${user.shape.join(', ')}] as`} '${OUTPUT}', not float32 [users, ${this.dimension}]`);
    }
    out.set(user.data as Float32Array);
    return known.length;
  }

  close(): Promise<void> {
    return this.runtime.close();
  }

  /** Newest last. */
  private padded(newestFirst: readonly number[]): TensorData {
    const { length } = this;
    const places = Array.from({ length }, (_, place) => newestFirst[length - 1 - place] ?? 0);
    return this.type === 'int64' ? BigInt64Array.from(places, BigInt) : Int32Array.from(places);
  }
}
