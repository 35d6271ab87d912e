import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Device, ModelFiles, RuntimeName, Tensors, TensorSpec } from './model-runtime.js';

export type ToHost = { readonly load: RuntimeName; readonly files: ModelFiles } | { readonly run: number; readonly inputs: Tensors } | { readonly close: true };

export interface Loaded {
  readonly device: Device;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

export type FromHost = { readonly loaded: Loaded } | { readonly refused: string; readonly invalid: boolean }
  | { readonly run: number; readonly outputs: Tensors } | { readonly run: number; readonly failure: string };

/** Where a model runs besides this thread. It keeps this process alive while it is `busy`. */
export interface RuntimeHost {
  post(message: ToHost): void;
  busy(busy: boolean): void;
  end(): void;
}

export interface HostEvents {
  message(message: FromHost): void;
  /** Once, however it ended. */
  ended(why: string): void;
}

/** Compiled, whether this file is or is run from its source, as tests do. */
const PROGRAM = new URL('../dist/host-program.js', import.meta.url);

/** A thread; a process for TensorFlow's native library, which brings down a process in which its thread has ended. */
export function startHost(name: RuntimeName, events: HostEvents): RuntimeHost {
  return name === 'tfjs-node' ? processHost(events) : threadHost(name, events);
}

function threadHost(name: string, events: HostEvents): RuntimeHost {
  const worker = new Worker(PROGRAM, { name });
  worker.on('message', events.message);
  endsOnce(worker, events);
  return { post: (message) => worker.postMessage(message), busy: (busy) => (busy ? worker.ref() : worker.unref()), end: () => void worker.terminate() };
}

function processHost(events: HostEvents): RuntimeHost {
  // What TensorFlow logs is not in any format of ours; what fails is answered.
  const child = fork(fileURLToPath(PROGRAM), { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: ['--no-warnings'] });
  child.on('message', events.message);
  endsOnce(child, events);
  const refer = (how: 'ref' | 'unref'): void => {
    child[how]();
    child.channel?.[how]();
  };
  return {
    // A process that is gone is told of by `ended`.
    post: (message) => void child.send(message, () => undefined),
    busy: (busy) => refer(busy ? 'ref' : 'unref'),
    end: () => void child.kill('SIGKILL'),
  };
}

function endsOnce(host: NodeJS.EventEmitter, { ended }: HostEvents): void {
  let told = false;
  const tell = (why: string): void => {
    if (told) return;
    told = true;
    ended(why);
  };
  host.on('error', (error: Error) => tell(error.message));
  host.once('exit', (code: number | null, signal?: string) => tell(`it ended with ${signal ?? `status ${code}`}`));
}
