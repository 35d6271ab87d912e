/** Runs models in a thread or a process of their own, one after the other; `HostedRuntime` is the other end. */
import { parentPort, workerData } from 'node:worker_threads';
import { isDomainError } from '@serendip/shared-errors';
import { loadRuntime } from './load-runtime.js';
import type { ModelFiles, ModelRuntime } from './model-runtime.js';
import type { FromHost, OfModel, ToHost } from './runtime-host.js';

const port = parentPort ?? process;
/** Whether other models may come when one is closed. */
const isShared = (workerData as { readonly shared?: true } | null)?.shared === true;
const say = (message: OfModel<FromHost>): void => void (parentPort === null ? process.send!(message) : parentPort.postMessage(message));
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const models = new Map<number, ModelRuntime>();

/** Runtimes take no memory that threads share. */
const ownFiles = (files: ModelFiles): ModelFiles => Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes]));

async function take(message: OfModel<ToHost>): Promise<void> {
  const { model } = message;
  if ('close' in message) {
    // What can't be given back is gone when the thread is; the others stay.
    await models.get(model)?.close().catch(() => undefined);
    models.delete(model);
    if (!isShared) process.exit();
    say({ model, closed: true });
  } else if ('load' in message) {
    try {
      const loaded = await loadRuntime(message.load, ownFiles(message.files));
      models.set(model, loaded);
      say({ model, loaded: { device: loaded.device, inputs: loaded.inputs, outputs: loaded.outputs } });
    } catch (error) {
      say({ model, refused: sentence(error), invalid: isDomainError(error) });
    }
  } else {
    try {
      say({ model, run: message.run, outputs: await models.get(model)!.run(message.inputs) });
    } catch (error) {
      say({ model, run: message.run, failure: sentence(error) });
    }
  }
}

/** What a model is asked while another is loaded waits: loading and running must not go on at the same time. */
let last: Promise<void> = Promise.resolve();
port.on('message', (message: OfModel<ToHost>) => void (last = last.then(() => take(message))));
// A process outlives nobody; a thread can't.
process.once('disconnect', () => process.exit());
