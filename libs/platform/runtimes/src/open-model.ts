import { DomainError } from '@serendip/shared-errors';
import { loadRuntime } from './load-runtime.js';
import { checkRuntimes, hasGraphicsCard, type RuntimeStatus } from './machine.js';
import type { Device, ModelFiles, ModelFormat, ModelRuntime, RuntimeName } from './model-runtime.js';
import { quickest } from './quickest.js';
import { RuntimePool } from './runtime-pool.js';
import { HostedRuntime } from './hosted-runtime.js';
import { GRAPH_FILE } from './tensorflow-graph.js';
import { SAVED_MODEL_FILE } from './tensorflow-model.js';

export const DEVICE_CHOICES = ['auto', 'cpu', 'gpu', 'cuda'] as const;
/** `auto` is whatever runs the model quickest here. */
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

/** A model that does not run where it was meant to. */
export interface Fallback {
  readonly wanted: DeviceChoice;
  readonly used: RuntimeName;
  readonly reason: string;
}

export interface OpenModelOptions {
  readonly format: ModelFormat;
  readonly device: DeviceChoice;
  /** Runs at the same time on the processor. 1 runs ONNX models on the caller's thread, which costs least; more have threads of their own. */
  readonly sessions: number;
  /** In a thread of its own on the processor too, though there is one session. */
  readonly apart?: true;
  /** Told when the model runs, but not where it was meant to. Without it, it runs there or not at all. */
  readonly onFallback?: (fallback: Fallback) => void;
}

/** In the order they are preferred in. */
const RUNTIMES: Readonly<Record<ModelFormat, readonly RuntimeName[]>> = { onnx: ['onnx-cuda', 'onnx-webgpu', 'onnx-cpu'], tensorflow: ['tfjs-node', 'tfjs-webgpu', 'tfjs-wasm'] };
const MEETS: Readonly<Record<DeviceChoice, readonly Device[]>> = { auto: ['cuda', 'gpu', 'cpu'], cuda: ['cuda'], gpu: ['cuda', 'gpu'], cpu: ['cpu'] };
const INSTEAD: Readonly<Record<DeviceChoice, readonly Device[]>> = { auto: [], cuda: ['gpu', 'cpu'], gpu: ['cpu'], cpu: [] };

/** Loads a model on the device that is asked for, or on the processor. Throws INVALID_ARGUMENT/MODEL_INVALID when what is here refuses it, and UNAVAILABLE/RUNTIME_UNAVAILABLE when what could run it is not here. */
export async function openModel(files: ModelFiles, options: OpenModelOptions): Promise<ModelRuntime> {
  const { device, format, onFallback } = options;
  const statuses = await runtimesFor(options);
  const fitting = (devices: readonly Device[]) => statuses.filter((status) => status.device !== undefined && devices.includes(status.device));
  const failures = statuses.filter(({ available }) => !available).map(({ name, reason }) => `${name}: ${reason}`);
  const opened = await loadEach(fitting(MEETS[device]), files, options, failures);
  const chosen = await quickest(opened);
  if (chosen !== undefined) return chosen;
  const [instead] = onFallback === undefined ? [] : await loadEach(fitting(INSTEAD[device]), files, { ...options, device: 'cpu' }, failures);
  if (instead === undefined) {
    const tried = fitting([...MEETS[device], ...(onFallback === undefined ? [] : INSTEAD[device])]).some(({ name }) => mayRun(name, files));
    throw tried ? new DomainError('INVALID_ARGUMENT', 'MODEL_INVALID', `Nothing on this machine can run this ${format} model. ${failures.join('; ')}. \`serendip runtimes\` says how to get more.`) : lacking(format, statuses, failures);
  }
  onFallback?.({ wanted: device, used: instead.name, reason: failures.join('; ') });
  return instead;
}

/** Whether a runtime is for what is in the files: a SavedModel without a graph model is for TensorFlow itself. */
function mayRun(name: RuntimeName, files: ModelFiles): boolean {
  return name === 'tfjs-node' || files[SAVED_MODEL_FILE] === undefined || files[GRAPH_FILE] !== undefined;
}

/** The model may well be right: what it runs on is missing. */
function lacking(format: ModelFormat, statuses: readonly KnownRuntime[], failures: readonly string[]): DomainError {
  const advice = statuses.flatMap(({ name, available, advice: how }) => (available || how === undefined ? [] : [`${name} ${how}.`]));
  return new DomainError('UNAVAILABLE', 'RUNTIME_UNAVAILABLE', [`What this ${format} model runs on is not on this machine. ${failures.join('; ')}.`, ...advice, 'Install one and start this service again; `serendip runtimes` tells what is there.'].join(' '));
}

type KnownRuntime = Pick<RuntimeStatus, 'name' | 'device' | 'available' | 'reason'> & Partial<Pick<RuntimeStatus, 'advice'>>;

/** What a model of this format could run on. onnxruntime on the processor is part of what is installed: loading the model itself says whether it runs, with no thread to try it in. */
async function runtimesFor({ format, device }: OpenModelOptions): Promise<readonly KnownRuntime[]> {
  const graphics = device === 'gpu' || device === 'cuda' || (device === 'auto' && hasGraphicsCard());
  const worthTrying = RUNTIMES[format].filter((name) => graphics || !(name === 'onnx-cuda' || name.endsWith('webgpu')));
  const checked = await checkRuntimes(worthTrying.filter((name) => name !== 'onnx-cpu'));
  return worthTrying.includes('onnx-cpu') ? [...checked, { name: 'onnx-cpu', device: 'cpu', available: true }] : checked;
}

/** What could be loaded: everything for `auto`, else the first. What could not is added to `failures`. */
async function loadEach(statuses: readonly Pick<RuntimeStatus, 'name' | 'device'>[], files: ModelFiles, { device, sessions, apart }: OpenModelOptions, failures: string[]): Promise<readonly ModelRuntime[]> {
  const loaded: ModelRuntime[] = [];
  for (const { name, device: on } of statuses) {
    if (loaded.length > 0 && device !== 'auto') break;
    try {
      loaded.push(await load(name, files, { sessions: on === 'cpu' ? sessions : 1, apart }));
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`);
    }
  }
  return loaded;
}

async function load(name: RuntimeName, files: ModelFiles, { sessions, apart }: Pick<OpenModelOptions, 'sessions' | 'apart'>): Promise<ModelRuntime> {
  if (name === 'onnx-cpu' && sessions === 1 && apart === undefined) return loadRuntime(name, files);
  if (sessions === 1) return HostedRuntime.start(name, files);
  return RuntimePool.start(sessions, () => HostedRuntime.start(name, files));
}
