import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import util from 'node:util';
import type { Device, ModelFiles, ModelRuntime, RuntimeName, Tensor, TensorData, Tensors, TensorSpec } from './model-runtime.js';
import { GRAPH_FILE, invalid, loadGraph, specsOf, type SignedGraph, type TensorFlow } from './tensorflow-graph.js';

export const SAVED_MODEL_FILE = 'saved_model.pb';
const VARIABLES = /^variables\.(index|data-\d{5}-of-\d{5})$/;

/** A TensorFlow model on one backend of TensorFlow.js. A process or thread has one backend. */
export class TensorFlowModel implements ModelRuntime {
  readonly sessions = 1;

  private constructor(readonly name: RuntimeName, readonly device: Device, private readonly tf: TensorFlow, private readonly graph: SignedGraph) {}

  get inputs(): readonly TensorSpec[] {
    return this.graph.inputs;
  }

  get outputs(): readonly TensorSpec[] {
    return this.graph.outputs;
  }

  /** Throws INVALID_ARGUMENT/MODEL_INVALID, and the backend's error where it can't be had. */
  static async load(name: 'tfjs-wasm' | 'tfjs-webgpu' | 'tfjs-node', files: ModelFiles): Promise<TensorFlowModel> {
    if (name === 'tfjs-node') return TensorFlowModel.loadNative(files);
    if (files[GRAPH_FILE] === undefined) throw invalid(`a SavedModel runs on tfjs-node only; add what tensorflowjs_converter makes of it (${GRAPH_FILE} and weights)`);
    const tf = await (name === 'tfjs-wasm' ? wasm() : webgpu());
    return new TensorFlowModel(name, name === 'tfjs-wasm' ? 'cpu' : 'gpu', tf, await loadGraph(tf, files));
  }

  private static async loadNative(files: ModelFiles): Promise<TensorFlowModel> {
    // Both are gone since Node 23, and tfjs-node 4.22 calls them.
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined, isArray: Array.isArray });
    const { default: tf } = await import('@tensorflow/tfjs-node-gpu');
    const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice: boolean };
    const graph = files[SAVED_MODEL_FILE] === undefined ? await loadGraph(tf, files) : await loadSavedModel(tf, files);
    return new TensorFlowModel('tfjs-node', isUsingGpuDevice ? 'cuda' : 'cpu', tf, graph);
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const { graph, tf } = this;
    const given = Object.fromEntries(graph.inputs.map(({ name }) => [name, fed(tf, name, inputs[name])]));
    const answered = graph.execute(given);
    try {
      const data = await Promise.all(answered.map((tensor) => tensor.data()));
      return Object.fromEntries(graph.outputs.map(({ name, type }, i) => [name, { type, shape: answered[i]!.shape, data: data[i] as TensorData }]));
    } finally {
      for (const tensor of [...Object.values(given), ...answered]) tensor.dispose();
    }
  }

  async close(): Promise<void> {
    this.graph.dispose();
  }
}

function fed(tf: TensorFlow, name: string, tensor: Tensor | undefined) {
  if (tensor === undefined || (tensor.type !== 'float32' && tensor.type !== 'int32' && tensor.type !== 'bool')) throw new RangeError(`The input '${name}' is missing, or ${tensor?.type}.`);
  return tf.tensor(tensor.data as Float32Array | Int32Array | Uint8Array, [...tensor.shape], tensor.type);
}

async function wasm(): Promise<TensorFlow> {
  const [core, converter, { setWasmPaths }] = await Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-converter'), import('@tensorflow/tfjs-backend-wasm')]);
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  return onBackend(core, converter, 'wasm');
}

/** A program of Dawn's that brings WebGPU to Node; the backend looks for it where browsers have it. */
async function webgpu(): Promise<TensorFlow> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]), userAgent: 'node' }, configurable: true });
  const [core, converter] = await Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-converter'), import('@tensorflow/tfjs-backend-webgpu')]);
  return onBackend(core, converter, 'webgpu');
}

async function onBackend(core: typeof import('@tensorflow/tfjs-core'), converter: typeof import('@tensorflow/tfjs-converter'), backend: string): Promise<TensorFlow> {
  core.env().set('PROD', true);
  if (!(await core.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here`);
  await core.ready();
  return { io: core.io, tensor: core.tensor, loadGraphModel: converter.loadGraphModel } as unknown as TensorFlow;
}

/** A SavedModel is read from a folder: it is written to a temporary one, which goes when it is loaded. */
async function loadSavedModel(tf: typeof import('@tensorflow/tfjs-node-gpu'), files: ModelFiles): Promise<SignedGraph> {
  const folder = await mkdtemp(join(tmpdir(), 'serendip-saved-model-'));
  try {
    await mkdir(join(folder, 'variables'));
    for (const [name, bytes] of Object.entries(files)) {
      if (name === SAVED_MODEL_FILE) await writeFile(join(folder, name), bytes);
      else if (VARIABLES.test(name)) await writeFile(join(folder, 'variables', name), bytes);
    }
    const [graph] = await tf.node.getMetaGraphsFromSavedModel(folder);
    const signature = graph?.signatureDefs.serving_default;
    if (signature === undefined) throw invalid('its first graph has no signature serving_default');
    const model = await tf.node.loadSavedModel(folder, graph!.tags, 'serving_default');
    const outputs = Object.keys(signature.outputs);
    return {
      inputs: specsOf(dimensioned(signature.inputs)),
      outputs: specsOf(dimensioned(signature.outputs)),
      execute: (given) => {
        const answered = model.predict(given) as Record<string, ReturnType<typeof tf.tensor>> | ReturnType<typeof tf.tensor>;
        return outputs.map((name) => (answered instanceof tf.Tensor ? answered : answered[name]!));
      },
      dispose: () => model.dispose(),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** tfjs-node answers shapes as protobuf messages, whatever its types say. */
function dimensioned(signed: Readonly<Record<string, { readonly name: string; readonly dtype: string; readonly shape?: unknown }>>): Parameters<typeof specsOf>[0] {
  return Object.fromEntries(Object.entries(signed).map(([name, { shape, ...tensor }]) => (
    [name, { ...tensor, tensorShape: { dim: (shape as { getSize(): number }[]).map((dimension) => ({ size: dimension.getSize() })) } }]
  )));
}
