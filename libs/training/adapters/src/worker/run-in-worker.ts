import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DomainError } from '@serendip/shared-errors';
import type { OnProgress } from '@serendip/training-domain';
import { asDomainError, buffersOf, fromFailure, type WorkerMessage, type WorkerStart } from './messages.js';
import { runTask, type TaskInput, type TaskKind, type TaskResult } from './tasks.js';

export interface WorkerOptions {
  readonly onProgress?: OnProgress;
  /** Ends the task with CANCELLED (`TRAINING_CANCELLED`). */
  readonly signal?: AbortSignal;
  /** `copy` (default) leaves the caller its arrays; `move` gives them to the worker, and the caller's are empty afterwards. Arrays over a SharedArrayBuffer are shared either way. */
  readonly inputs?: 'copy' | 'move';
  /** How far the worker steps back for other threads (Linux), 0 to 19; default 5. */
  readonly niceness?: number;
  /** How long a cancelled task may take to stop by itself before its thread is ended; default 5,000. */
  readonly graceMs?: number;
  /** The compiled worker; default: the one beside this file. Where there is none (sources under a test runner) the task runs on this thread. */
  readonly workerUrl?: URL;
}

/**
 * Runs a training task on a thread of its own, so that this one stays free. Rejects with a `DomainError`: the task's own, or
 * INTERNAL (`TRAINING_FAILED`), RESOURCE_EXHAUSTED (`TRAINING_OUT_OF_MEMORY`).
 */
export async function runInWorker<Kind extends TaskKind>(kind: Kind, input: TaskInput<Kind>, options: WorkerOptions = {}): Promise<TaskResult<Kind>> {
  const { onProgress, signal, workerUrl = new URL('./training-worker.js', import.meta.url) } = options;
  if (signal?.aborted) throw cancelled();
  if (existsSync(fileURLToPath(workerUrl))) return (await new WorkerTask(kind, input, options).run(workerUrl)) as TaskResult<Kind>;
  try {
    return await runTask(kind, input, { onProgress, signal });
  } catch (error) {
    throw asDomainError(error);
  }
}

class WorkerTask {
  private readonly cancelFlag = new Int32Array(new SharedArrayBuffer(4));
  private graceTimer: NodeJS.Timeout | undefined;

  constructor(private readonly kind: TaskKind, private readonly input: unknown, private readonly options: WorkerOptions) {}

  async run(url: URL): Promise<unknown> {
    const { signal, inputs = 'copy', niceness = 5 } = this.options;
    const workerData: WorkerStart = { kind: this.kind, input: this.input, cancelled: this.cancelFlag, niceness };
    const worker = new Worker(url, { workerData, transferList: inputs === 'move' ? buffersOf(this.input) : [], name: `training-${this.kind}` });
    const onAbort = (): void => this.cancel(worker);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.outcome(worker);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(this.graceTimer);
      await worker.terminate();
    }
  }

  private outcome(worker: Worker): Promise<unknown> {
    return new Promise((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.type === 'progress') this.options.onProgress?.(message.progress);
        else if (message.type === 'result') resolve(message.result);
        else reject(fromFailure(message.failure));
      });
      worker.on('error', (error) => reject(this.thrown(error)));
      worker.on('exit', (code) => reject(this.options.signal?.aborted ? cancelled() : asDomainError(new Error(`The worker ended with code ${code} and no result.`))));
    });
  }

  private cancel(worker: Worker): void {
    Atomics.store(this.cancelFlag, 0, 1);
    this.graceTimer = setTimeout(() => void worker.terminate(), this.options.graceMs ?? 5000);
  }

  private thrown(error: unknown): DomainError {
    const outOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (!outOfMemory) return asDomainError(error);
    return new DomainError('RESOURCE_EXHAUSTED', 'TRAINING_OUT_OF_MEMORY', 'The training ran out of memory. Train on fewer or shorter histories, or give the process more.', { cause: error });
  }
}

function cancelled(): DomainError {
  return new DomainError('CANCELLED', 'TRAINING_CANCELLED', 'The training was cancelled.');
}
