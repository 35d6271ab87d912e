import { readdirSync } from 'node:fs';
import { OnnxGraph } from '@serendip/platform-onnx';
import { FORMATS, loadRuntime } from './load-runtime.js';
import { RUNTIME_NAMES, type Device, type ModelFiles, type ModelFormat, type RuntimeName } from './model-runtime.js';
import { HostedRuntime } from './hosted-runtime.js';

/** Whether a runtime runs here, by having run a model. */
export interface RuntimeStatus {
  readonly name: RuntimeName;
  readonly format: ModelFormat;
  readonly available: boolean;
  /** What it runs on, where it is available. */
  readonly device?: Device;
  /** Why it isn't available. */
  readonly reason?: string;
  /** How to get it. */
  readonly advice: string;
}

const INSTALL = 'node tools/install-runtimes.mjs tensorflow, or an image built with --build-arg RUNTIMES=tensorflow';

const ADVICE: Readonly<Record<RuntimeName, string>> = {
  'onnx-cpu': 'comes with the npm package onnxruntime-node',
  'onnx-webgpu': 'needs a graphics driver: on Linux the Vulkan loader (Debian: libvulkan1) and the card\'s Vulkan driver (Debian: mesa-vulkan-drivers, or NVIDIA\'s); tools/install-software-vulkan.sh installs one in software',
  'onnx-cuda': 'needs an NVIDIA card with CUDA 12 and cuDNN 9, and libonnxruntime_providers_{shared,cuda}.so of onnxruntime-node\'s version (they are in the PyPI package onnxruntime-gpu) beside its libonnxruntime.so.1',
  'tfjs-wasm': `needs the packages of TensorFlow.js: ${INSTALL}`,
  'tfjs-webgpu': `needs the packages of TensorFlow.js (${INSTALL}), and what onnx-webgpu needs`,
  'tfjs-node': `needs the packages of TensorFlow.js (${INSTALL}), and then tfjs-node's binding: node tools/build-tensorflow-binding.mjs builds it against the libtensorflow of the machine, or --download tensorflow-cpu (tensorflow for CUDA)`,
};

const checks = new Map<RuntimeName, Promise<RuntimeStatus>>();

/**
 * Loads and runs a model of one number on each runtime. What runs is known from then on; what does not is tried anew whenever it is asked for: the
 * machine may have been too busy, or has got it meanwhile.
 */
export function checkRuntimes(names: readonly RuntimeName[] = RUNTIME_NAMES): Promise<readonly RuntimeStatus[]> {
  return Promise.all(names.map(async (name) => {
    const check = checks.get(name) ?? checkRuntime(name);
    checks.set(name, check);
    const status = await check;
    if (!status.available) checks.delete(name);
    return status;
  }));
}

/** Loads a runtime's libraries on this thread, which takes seconds, so that a model that is loaded afterwards waits for itself alone. Rejects where it can't be had. */
export async function prepareRuntime(name: RuntimeName): Promise<void> {
  const runtime = await loadRuntime(name, ONE_NUMBER[FORMATS[name]]());
  await runtime.close();
}

async function checkRuntime(name: RuntimeName): Promise<RuntimeStatus> {
  const format = FORMATS[name];
  const status = { name, format, advice: ADVICE[name] };
  try {
    const runtime = await HostedRuntime.start(name, ONE_NUMBER[format]());
    try {
      const { y } = await runtime.run({ x: { type: 'float32', shape: [1, 1], data: Float32Array.of(3) } });
      if (y?.data[0] !== 3) throw new Error(`it answered ${y?.data[0]} where 3 was right`);
      return { ...status, available: true, device: runtime.device };
    } finally {
      await runtime.close();
    }
  } catch (error) {
    return { ...status, available: false, reason: firstLine(error) };
  }
}

/** Whether a graphics card is there: a software driver answers as one does, and is slower than the processor itself. Known on Linux; elsewhere there is one. */
export function hasGraphicsCard(): boolean {
  if (process.platform !== 'linux') return true;
  const entries = (folder: string): readonly string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  return entries('/dev').some((name) => /^nvidia\d+$/.test(name)) || entries('/dev/dri').some((name) => name.startsWith('renderD'));
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^.* can not be had here: /, '').split('\n', 1)[0]!;
}

const ONE_NUMBER: Readonly<Record<ModelFormat, () => ModelFiles>> = {
  onnx: () => {
    const graph = new OnnxGraph('one-number');
    graph.output('y', graph.input('x', 'float32', ['rows', 1]), 'float32', ['rows', 1]);
    return { 'model.onnx': graph.build() };
  },
  tensorflow: () => {
    const type = { type: 'DT_FLOAT' };
    const tensor = (name: string) => ({ name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '1' }] } });
    const modelTopology = {
      node: [{ name: 'x', op: 'Placeholder', attr: { dtype: type, shape: { shape: { dim: [{ size: '-1' }, { size: '1' }] } } } }, { name: 'y', op: 'Identity', input: ['x'], attr: { T: type } }],
      library: {}, versions: {},
    };
    return { 'model.json': new TextEncoder().encode(JSON.stringify({ modelTopology, signature: { inputs: { x: tensor('x') }, outputs: { y: tensor('y') } } })) };
  },
};
