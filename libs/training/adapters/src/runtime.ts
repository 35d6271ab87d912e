import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface RuntimeOptions {
  /** Threads of one matrix product; default 1. */
  readonly threads?: number;
}

/** A session from a model's bytes, on the CPU. */
export function createSession(model: Uint8Array, { threads = 1 }: RuntimeOptions = {}): Promise<InferenceSession> {
  return InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' });
}

/** A tensor over `values`; the runtime takes no shared memory, so that is copied. */
export function floats(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float32', values.buffer instanceof SharedArrayBuffer ? values.slice() : values, shape);
}

export function integers(values: Int32Array, shape: readonly number[] = [values.length]): Tensor {
  return new Tensor('int32', values, shape);
}
