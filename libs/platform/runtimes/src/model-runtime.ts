export type ElementType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool';

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** Values in row-major order; a bool is a byte of 0 or 1. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** What a graph takes or answers. A dimension is a fixed size or the name of one that each run chooses. */
export interface TensorSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export const RUNTIME_NAMES = ['onnx-cpu', 'onnx-webgpu', 'onnx-cuda', 'tfjs-wasm', 'tfjs-webgpu', 'tfjs-node'] as const;
export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** `gpu` is any graphics card, through WebGPU; `cuda` an NVIDIA card through NVIDIA's libraries. */
export type Device = 'cpu' | 'gpu' | 'cuda';

export type ModelFormat = 'onnx' | 'tensorflow';

/** Bytes of a model by file name: `model.onnx`; `model.json` and its weights; or `saved_model.pb`, `variables.index`, `variables.data-…`. */
export type ModelFiles = Readonly<Record<string, Uint8Array>>;

/**
 * One loaded model, whatever runs it. Inputs are given by name, all of them; outputs are answered by name, all of them.
 * A failed run rejects and harms no other. What is given may be used again once the answer is there.
 */
export abstract class ModelRuntime {
  abstract readonly name: RuntimeName;
  abstract readonly device: Device;
  abstract readonly inputs: readonly TensorSpec[];
  abstract readonly outputs: readonly TensorSpec[];
  /** Runs that go on at the same time; more of them wait. */
  abstract readonly sessions: number;

  abstract run(inputs: Tensors): Promise<Tensors>;

  /** Gives back what it holds; runs under way may fail. */
  abstract close(): Promise<void>;
}
