import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { CancelSignal } from '@serendip/training-domain';
import { buffersOf, toFailure, type WorkerMessage, type WorkerStart } from './messages.js';
import { runTask, type TaskInput, type TaskKind } from './tasks.js';

const start = workerData as WorkerStart;
const send = (message: WorkerMessage): void => parentPort!.postMessage(message, message.type === 'result' ? buffersOf(message.result) : []);

const signal: CancelSignal = {
  get aborted() {
    return Atomics.load(start.cancelled, 0) === 1;
  },
};

// On Linux this is the priority of the thread alone; elsewhere it would be the whole process's.
if (start.niceness > 0 && process.platform === 'linux') setPriority(0, start.niceness);

try {
  const result = await runTask(start.kind, start.input as TaskInput<TaskKind>, { signal, onProgress: (progress) => send({ type: 'progress', progress }) });
  send({ type: 'result', result });
} catch (error) {
  send({ type: 'failure', failure: toFailure(error) });
}
