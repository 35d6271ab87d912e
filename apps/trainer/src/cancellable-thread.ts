import { Worker } from 'node:worker_threads';

const GRACE_MS = 5000;

export interface ThreadTask<Task> {
  readonly name: string;
  /** Handed over as `workerData.task`, beside `cancelled`: an Int32Array that holds 1 once the thread is to end. */
  readonly task: Task;
}

/** A thread that can be asked to end, and is ended when it does not. */
export class CancellableThread<Task> {
  readonly worker: Worker;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number>;
  private readonly cancelled = new Int32Array(new SharedArrayBuffer(4));

  constructor(program: URL, { name, task }: ThreadTask<Task>) {
    this.worker = new Worker(program, { workerData: { task, cancelled: this.cancelled }, name });
    this.ended = new Promise((resolve) => this.worker.once('exit', resolve));
  }

  /** Resolves once it has ended, by force after 5 seconds. */
  async cancel(): Promise<void> {
    Atomics.store(this.cancelled, 0, 1);
    const timer = setTimeout(() => void this.worker.terminate(), GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }
}
