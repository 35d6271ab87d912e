import { DomainError } from '@serendip/shared-errors';
import type { ElementType, ModelFiles, TensorSpec } from './model-runtime.js';
import type { TensorFlow, TfTensor, TfWeight } from './tensorflow-packages.js';

export const GRAPH_FILE = 'model.json';

/** A graph and the names of its nodes by the names that its signature gives them. */
export interface SignedGraph {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Takes tensors by signature name; answers those of `outputs`, in order. */
  execute(inputs: Readonly<Record<string, TfTensor>>): TfTensor[];
  dispose(): void;
}

interface SignedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly tensorShape?: { readonly dim?: readonly { readonly size: string | number; readonly name?: string }[] };
}

interface GraphFile {
  readonly modelTopology?: object;
  readonly weightsManifest?: readonly { readonly paths: readonly string[]; readonly weights: readonly TfWeight[] }[];
  readonly signature?: Signature;
  readonly userDefinedMetadata?: { readonly signature?: Signature };
}

interface Signature {
  readonly inputs?: Readonly<Record<string, SignedTensor>>;
  readonly outputs?: Readonly<Record<string, SignedTensor>>;
}

const TYPES: Readonly<Record<string, ElementType>> = { DT_FLOAT: 'float32', DT_INT32: 'int32', DT_BOOL: 'bool', float32: 'float32', int32: 'int32', bool: 'bool' };

/** Loads `model.json` and the weights it names from the model's own files. Throws INVALID_ARGUMENT/MODEL_INVALID. */
export async function loadGraph(tf: TensorFlow, files: ModelFiles): Promise<SignedGraph> {
  const { modelTopology, weightsManifest = [], signature, userDefinedMetadata } = JSON.parse(new TextDecoder().decode(files[GRAPH_FILE])) as GraphFile;
  const { inputs, outputs } = signature ?? userDefinedMetadata?.signature ?? {};
  if (modelTopology === undefined || inputs === undefined || outputs === undefined) throw invalid(`${GRAPH_FILE} is no graph model with a signature; convert it with --output_format=tfjs_graph_model`);
  const weights = weightsManifest.flatMap(({ paths }) => paths).map((path) => files[path] ?? missing(path));
  const model = await tf.loadGraphModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest.flatMap((group) => group.weights), weightData: joined(weights) }));
  const names = Object.values(outputs).map(({ name }) => name);
  return {
    inputs: specsOf(inputs),
    outputs: specsOf(outputs),
    execute: (given) => {
      const answered = model.execute(Object.fromEntries(Object.entries(given).map(([name, tensor]) => [inputs[name]?.name ?? name, tensor])), names);
      return Array.isArray(answered) ? answered : [answered];
    },
    dispose: () => model.dispose(),
  };
}

export function specsOf(signed: Readonly<Record<string, SignedTensor>>): readonly TensorSpec[] {
  return Object.entries(signed).map(([name, { dtype, tensorShape }]) => {
    const type = TYPES[dtype];
    if (type === undefined) throw invalid(`'${name}' is ${dtype}; served are float32, int32 and bool`);
    return { name, type, shape: (tensorShape?.dim ?? []).map(({ size }, i) => (Number(size) > 0 ? Number(size) : `dimension${i}`)) };
  });
}

export function invalid(why: string): DomainError {
  return new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `This TensorFlow model can not be served: ${why}.`);
}

function missing(path: string): never {
  throw invalid(`${GRAPH_FILE} names the weights '${path}', which are not among its files`);
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}
