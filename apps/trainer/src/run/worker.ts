import { parentPort, workerData } from 'node:worker_threads';
import { isDomainError } from '@serendip/shared-errors';
import type { TrainingTask, WorkerMessage } from './task.js';
import { overall } from './plan.js';
import { train } from './train.js';

/** The thread that a training run has to itself. */
const { task, cancelled } = workerData as { task: TrainingTask; cancelled: Int32Array };
const tell = (message: WorkerMessage): void => parentPort!.postMessage(message);

try {
  const outcome = await train(task, {
    onProgress: (stage, share) => tell({ kind: 'progress', stage, share: overall(stage, share) }),
    signal: { get aborted() { return Atomics.load(cancelled, 0) === 1; } },
  });
  tell({ kind: 'done', outcome });
} catch (error) {
  tell({ kind: 'failed', reason: isDomainError(error) ? error.reason : 'TRAINING_FAILED', message: error instanceof Error ? (isDomainError(error) ? error.message : error.stack ?? error.message) : String(error) });
}
