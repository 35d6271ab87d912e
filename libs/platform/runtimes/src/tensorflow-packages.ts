import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The packages have a folder of their own beside `src` and `dist`, so that nobody installs them who has no TensorFlow model. */
const require = createRequire(new URL('../tensorflow/package.json', import.meta.url));

/** What of TensorFlow.js is used: a graph's values, that must be given back. */
export interface TfTensor {
  readonly shape: number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  dispose(): void;
}

export interface TfGraph {
  execute(inputs: Readonly<Record<string, TfTensor>>, outputs: readonly string[]): TfTensor | TfTensor[];
  dispose(): void;
}

export interface TfSavedModel {
  predict(inputs: Readonly<Record<string, TfTensor>>): TfTensor | Readonly<Record<string, TfTensor>>;
  dispose(): void;
}

/** A weight as weights manifests describe it. */
export interface TfWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** A tensor as signatures describe it; `shape` is what tfjs-node says of a SavedModel's: protobuf messages, whatever its types say. */
export interface TfSigned {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly { getSize(): number }[];
}

type Handler = { readonly handler: unique symbol };

/** What both `tfjs-core` with `tfjs-converter`, and `tfjs-node-gpu`, have. */
export interface TensorFlow {
  readonly io: { fromMemory(artifacts: { readonly modelTopology: object; readonly weightSpecs: readonly TfWeight[]; readonly weightData: ArrayBuffer }): Handler };
  loadGraphModel(source: Handler): Promise<TfGraph>;
  tensor(data: Float32Array | Int32Array | Uint8Array, shape: number[], type: 'float32' | 'int32' | 'bool'): TfTensor;
}

export interface TensorFlowNode extends TensorFlow {
  readonly node: {
    getMetaGraphsFromSavedModel(folder: string): Promise<readonly { readonly tags: readonly string[]; readonly signatureDefs: Readonly<Record<string, SignatureDefinition>> }[]>;
    loadSavedModel(folder: string, tags: readonly string[], signature: string): Promise<TfSavedModel>;
  };
  backend(): { readonly isUsingGpuDevice: boolean };
}

export interface SignatureDefinition {
  readonly inputs: Readonly<Record<string, TfSigned>>;
  readonly outputs: Readonly<Record<string, TfSigned>>;
}

/** `tfjs-core`, as far as a backend needs it. */
export interface TfCore extends Pick<TensorFlow, 'io' | 'tensor'> {
  env(): { set(flag: string, value: boolean): void };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
}

interface Packages {
  readonly '@tensorflow/tfjs-core': TfCore;
  readonly '@tensorflow/tfjs-converter': Pick<TensorFlow, 'loadGraphModel'>;
  readonly '@tensorflow/tfjs-backend-wasm': { setWasmPaths(folder: string): void };
  readonly '@tensorflow/tfjs-backend-webgpu': unknown;
  readonly '@tensorflow/tfjs-node-gpu': { readonly default: TensorFlowNode };
  readonly webgpu: { create(options: readonly string[]): object; readonly globals: object };
}

/** Where a package is. Throws an Error in words where it is not installed. */
export function locatePackage(name: keyof Packages): string {
  try {
    return require.resolve(name);
  } catch (cause) {
    throw new Error(`the npm package ${name} is not installed`, { cause });
  }
}

/** Loads a package; rejects as `locatePackage` throws. */
export async function importPackage<N extends keyof Packages>(name: N): Promise<Packages[N]> {
  return await import(pathToFileURL(locatePackage(name)).href) as Packages[N];
}
