import type { RuntimeName } from '@serendip/platform-runtimes';

/** Values that cross between processes, typed arrays as they are. */
export interface TensorValue {
  readonly dtype: 'float32' | 'float64' | 'int32' | 'int64' | 'bool';
  readonly dims: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}

export type Tensors = Readonly<Record<string, TensorValue>>;

export interface GraphTensor {
  readonly name: string;
  /** As the runtime names it, for example float32. */
  readonly dtype: string;
  /** A number, or the name of what each run chooses. */
  readonly shape: readonly (number | string)[];
}

export interface GraphSignature {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
}

export interface Measured {
  readonly runs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU seconds of the process, for each run. */
  readonly cpuSeconds: number;
}

/** A model's files as they lie in a folder, and what is to run them. */
export interface Placed {
  readonly runtime: RuntimeName;
  readonly folder: string;
  /** Names of the files; a SavedModel's are where TensorFlow looks for them. */
  readonly files: readonly string[];
}

/** What is asked of the process, one thing at a time. */
export type Asked =
  | { readonly kind: 'prepare'; readonly runtime: RuntimeName }
  | { readonly kind: 'load'; readonly placed: Placed }
  | { readonly kind: 'run'; readonly inputs: Tensors }
  | { readonly kind: 'measure'; readonly inputs: Tensors; readonly seconds: number };

export type Answered =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'loaded'; readonly signature: GraphSignature }
  | { readonly kind: 'ran'; readonly outputs: Tensors }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'failed'; readonly message: string };
