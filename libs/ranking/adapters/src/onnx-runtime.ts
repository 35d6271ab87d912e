import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { RankerRuntime } from '@serendip/ranking-domain';
import { DomainError } from '@serendip/shared-errors';

/** Name of a ranker's input, float32 [rows, features], and of its output, float32 [rows, heads]. */
const INPUT = 'features';
const OUTPUT = 'scores';

/** A ranker on onnxruntime's CPU provider; several sessions, one thread each, taken in turn. */
export class OnnxRuntime implements RankerRuntime {
  readonly device = 'cpu';
  private next = 0;

  private constructor(private readonly sessions: readonly InferenceSession[], private readonly features: number) {}

  /** Loads from bytes, never from a path, so that a model can't name files. Throws INVALID_ARGUMENT/MODEL_INVALID. */
  static async load(model: Uint8Array, { features, sessions }: { readonly features: number; readonly sessions: number }): Promise<OnnxRuntime> {
    try {
      const options: InferenceSession.SessionOptions = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };
      const loaded = await Promise.all(Array.from({ length: sessions }, () => InferenceSession.create(model, options)));
      const [first] = loaded;
      if (!first!.inputNames.includes(INPUT) || !first!.outputNames.includes(OUTPUT)) {
        throw new RangeError(`it has inputs ${first!.inputNames.join(', ')} and outputs ${first!.outputNames.join(', ')}, not '${INPUT}' and '${OUTPUT}'`);
      }
      return new OnnxRuntime(loaded, features);
    } catch (cause) {
      throw new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `This ONNX model can not be served: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
    }
  }

  async run(features: Float32Array, rows: number): Promise<Float32Array> {
    const session = this.sessions[this.next++ % this.sessions.length]!;
    const output = await session.run({ [INPUT]: new Tensor('float32', features, [rows, this.features]) });
    return output[OUTPUT]!.data as Float32Array;
  }

  async close(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.release()));
  }
}
