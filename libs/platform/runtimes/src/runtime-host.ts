import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Device, ModelFiles, RuntimeName, Tensors, TensorSpec } from './model-runtime.js';

export type ToHost = { readonly load: RuntimeName; readonly files: ModelFiles } | { readonly run: number; readonly inputs: Tensors } | { readonly close: true };

/** What goes to and comes from a host says which of its models it is about. */
export type OfModel<Message> = Message & { readonly model: number };

export interface Loaded {
  readonly device: Device;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

export type FromHost = { readonly loaded: Loaded } | { readonly refused: string; readonly invalid: boolean }
  | { readonly run: number; readonly outputs: Tensors } | { readonly run: number; readonly failure: string } | { readonly closed: true };

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

/**
 * A thread; a process for TensorFlow's native library, which brings down a process in which its thread has ended; and one thread for all models of onnxruntime's WebGPU, whose sessions write into
 * one command buffer and bring down the process when two threads do so at once.
 */
export function startHost(name: RuntimeName, events: HostEvents): RuntimeHost {
  if (name === 'tfjs-node') return processHost(events);
  return name === 'onnx-webgpu' ? SharedThread.of(name).host(events) : threadHost(name, events);
}

function threadHost(name: string, events: HostEvents): RuntimeHost {
  const worker = new Worker(PROGRAM, { name });
  worker.on('message', events.message);
  endsOnce(worker, events);
  return { post: (message) => worker.postMessage({ ...message, model: 0 }), busy: (busy) => (busy ? worker.ref() : worker.unref()), end: () => void worker.terminate() };
}

/** A thread that many models live in. It goes on when the last has left, and ends with the process. */
class SharedThread {
  private static readonly threads = new Map<RuntimeName, SharedThread>();
  private readonly worker: Worker;
  private readonly guests = new Map<number, HostEvents>();
  private readonly busy = new Set<number>();
  private models = 0;

  private constructor(name: RuntimeName) {
    this.worker = new Worker(PROGRAM, { name, workerData: { shared: true } });
    this.worker.unref();
    this.worker.on('message', ({ model, ...message }: OfModel<FromHost>) => {
      if ('closed' in message) this.leave(model, 'it is closed');
      else this.guests.get(model)?.message(message);
    });
    endsOnce(this.worker, {
      message: () => undefined,
      ended: (why) => {
        SharedThread.threads.delete(name);
        for (const model of [...this.guests.keys()]) this.leave(model, why);
      },
    });
  }

  /** The one of this process. */
  static of(name: RuntimeName): SharedThread {
    const thread = this.threads.get(name) ?? new SharedThread(name);
    this.threads.set(name, thread);
    return thread;
  }

  host(events: HostEvents): RuntimeHost {
    const model = this.models++;
    this.guests.set(model, events);
    const post = (message: ToHost): void => this.worker.postMessage({ ...message, model });
    const end = (): void => {
      post({ close: true });
      this.leave(model, 'it was ended');
    };
    this.keepAlive(model, true);
    return { post, end, busy: (busy) => this.keepAlive(model, busy) };
  }

  private keepAlive(model: number, busy: boolean): void {
    if (busy) this.busy.add(model);
    else this.busy.delete(model);
    if (this.busy.size > 0) this.worker.ref();
    else this.worker.unref();
  }

  private leave(model: number, why: string): void {
    const guest = this.guests.get(model);
    this.guests.delete(model);
    this.keepAlive(model, false);
    guest?.ended(why);
  }
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
    post: (message) => void child.send({ ...message, model: 0 }, () => undefined),
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
