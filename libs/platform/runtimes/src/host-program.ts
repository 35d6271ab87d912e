/** Runs one model in a thread or a process of its own; `HostedRuntime` is the other end. */
import { parentPort } from 'node:worker_threads';
import { isDomainError } from '@serendip/shared-errors';
import { loadRuntime } from './load-runtime.js';
import type { ModelRuntime } from './model-runtime.js';
import type { FromHost, ToHost } from './runtime-host.js';

const port = parentPort ?? process;
const say = (message: FromHost): void => void (parentPort === null ? process.send!(message) : parentPort.postMessage(message));
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
let model: ModelRuntime | undefined;

async function take(message: ToHost): Promise<void> {
  if ('close' in message) {
    await model?.close();
    process.exit();
  } else if ('load' in message) {
    try {
      model = await loadRuntime(message.load, message.files);
      say({ loaded: { device: model.device, inputs: model.inputs, outputs: model.outputs } });
    } catch (error) {
      say({ refused: sentence(error), invalid: isDomainError(error) });
    }
  } else {
    try {
      say({ run: message.run, outputs: await model!.run(message.inputs) });
    } catch (error) {
      say({ run: message.run, failure: sentence(error) });
    }
  }
}

port.on('message', (message: ToHost) => void take(message));
// A process outlives nobody; a thread can't.
process.once('disconnect', () => process.exit());
