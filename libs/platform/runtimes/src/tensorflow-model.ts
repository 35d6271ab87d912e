import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import util from 'node:util';
import type { Device, ModelFiles, ModelRuntime, RuntimeName, Tensor, TensorData, Tensors, TensorSpec } from './model-runtime.js';
import { GRAPH_FILE, invalid, loadGraph, specsOf, type SignedGraph } from './tensorflow-graph.js';
import { importPackage, locatePackage, type SignatureDefinition, type TensorFlow, type TensorFlowNode, type TfCore, type TfTensor } from './tensorflow-packages.js';

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
    if (name === 'tfjs-node') return TensorFlowModel.loadNative((tf) => (files[SAVED_MODEL_FILE] === undefined ? loadGraph(tf, files) : loadSavedModel(tf, files)));
    if (files[GRAPH_FILE] === undefined) throw invalid(`a SavedModel runs on tfjs-node only; add what tensorflowjs_converter makes of it (${GRAPH_FILE} and weights)`);
    const tf = await (name === 'tfjs-wasm' ? wasm() : webgpu());
    return new TensorFlowModel(name, name === 'tfjs-wasm' ? 'cpu' : 'gpu', tf, await loadGraph(tf, files));
  }

  /** Loads a SavedModel from a folder where it lies as TensorFlow writes it, on `tfjs-node`. Throws as `load` does. */
  static async loadFolder(folder: string): Promise<TensorFlowModel> {
    return TensorFlowModel.loadNative((tf) => readSavedModel(tf, folder));
  }

  private static async loadNative(load: (tf: TensorFlowNode) => Promise<SignedGraph>): Promise<TensorFlowModel> {
    // Both are gone since Node 23, and tfjs-node 4.22 calls them.
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined, isArray: Array.isArray });
    const { default: tf } = await importPackage('@tensorflow/tfjs-node-gpu');
    const { isUsingGpuDevice } = tf.backend();
    return new TensorFlowModel('tfjs-node', isUsingGpuDevice ? 'cuda' : 'cpu', tf, await load(tf));
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
  const [core, converter, { setWasmPaths }] = await Promise.all([importPackage('@tensorflow/tfjs-core'), importPackage('@tensorflow/tfjs-converter'), importPackage('@tensorflow/tfjs-backend-wasm')]);
  setWasmPaths(`${dirname(locatePackage('@tensorflow/tfjs-backend-wasm'))}/`);
  return onBackend(core, converter, 'wasm');
}

/** A program of Dawn's that brings WebGPU to Node; the backend looks for it where browsers have it. */
async function webgpu(): Promise<TensorFlow> {
  const { create, globals } = await importPackage('webgpu');
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]), userAgent: 'node' }, configurable: true });
  const [core, converter] = await Promise.all([importPackage('@tensorflow/tfjs-core'), importPackage('@tensorflow/tfjs-converter'), importPackage('@tensorflow/tfjs-backend-webgpu')]);
  return onBackend(core, converter, 'webgpu');
}

async function onBackend(core: TfCore, { loadGraphModel }: Pick<TensorFlow, 'loadGraphModel'>, backend: string): Promise<TensorFlow> {
  core.env().set('PROD', true);
  if (!(await core.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here`);
  await core.ready();
  return { io: core.io, tensor: core.tensor, loadGraphModel };
}

/** Lays a SavedModel's files out as TensorFlow reads them. */
export async function writeSavedModel(folder: string, files: ModelFiles): Promise<void> {
  await mkdir(join(folder, 'variables'), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    if (name === SAVED_MODEL_FILE) await writeFile(join(folder, name), bytes);
    else if (VARIABLES.test(name)) await writeFile(join(folder, 'variables', name), bytes);
  }
}

/** A SavedModel is read from a folder: it is written to a temporary one, which goes when it is loaded. */
async function loadSavedModel(tf: TensorFlowNode, files: ModelFiles): Promise<SignedGraph> {
  const folder = await mkdtemp(join(tmpdir(), 'serendip-saved-model-'));
  try {
    await writeSavedModel(folder, files);
    return await readSavedModel(tf, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readSavedModel(tf: TensorFlowNode, folder: string): Promise<SignedGraph> {
  const [graph] = await tf.node.getMetaGraphsFromSavedModel(folder);
  const signature = graph?.signatureDefs['serving_default'];
  if (signature === undefined) throw invalid('its first graph has no signature serving_default');
  const model = await tf.node.loadSavedModel(folder, graph!.tags, 'serving_default');
  const outputs = Object.keys(signature.outputs);
  return {
    inputs: specsOf(dimensioned(signature.inputs)),
    outputs: specsOf(dimensioned(signature.outputs)),
    execute: (given) => {
      const answered = model.predict(given);
      return outputs.map((name) => (isTensor(answered) ? answered : answered[name]!));
    },
    dispose: () => model.dispose(),
  };
}

const isTensor = (answered: TfTensor | Readonly<Record<string, TfTensor>>): answered is TfTensor => typeof answered['dispose'] === 'function';

function dimensioned(signed: SignatureDefinition['inputs']): Parameters<typeof specsOf>[0] {
  return Object.fromEntries(Object.entries(signed).map(([name, { shape, ...tensor }]) => (
    [name, { ...tensor, tensorShape: { dim: shape.map((dimension) => ({ size: dimension.getSize() })) } }]
  )));
}
