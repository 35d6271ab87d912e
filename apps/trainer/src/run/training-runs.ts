import { randomUUID } from 'node:crypto';
import type { Logger } from '@serendip/platform-logging';
import { DomainError } from '@serendip/shared-errors';
import { CancellableThread } from '../cancellable-thread.js';
import type { TrainingOutcome, TrainingTask, WorkerMessage } from './task.js';

export interface RegisteredModel {
  /** name@version. */
  readonly model: string;
  readonly promoted: boolean;
  readonly verdict: string;
}

export interface RunState {
  readonly id: string;
  readonly tenant: string;
  readonly state: 'running' | 'succeeded' | 'failed';
  readonly stage: string;
  readonly progress: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly models: readonly RegisteredModel[];
  readonly error: string;
}

export interface TrainingRunsParts {
  readonly logger: Logger;
  /** Registers what was trained and moves aliases. */
  readonly publish: (tenant: string, outcome: TrainingOutcome) => Promise<readonly RegisteredModel[]>;
}

const KEPT_RUNS = 50;

/** The runs of this process: one at a time for each tenant, each on a thread of its own. */
export class TrainingRuns {
  private readonly runs = new Map<string, RunState>();
  private readonly listeners = new Set<() => void>();
  private readonly threads = new Map<string, CancellableThread<TrainingTask>>();

  constructor(private readonly parts: TrainingRunsParts) {}

  get(id: string): RunState | undefined {
    return this.runs.get(id);
  }

  get running(): number {
    return this.threads.size;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Starts a run, or answers the one that is going on for the tenant. */
  start(task: TrainingTask): RunState {
    const going = [...this.runs.values()].find(({ tenant, state }) => tenant === task.tenant && state === 'running');
    if (going !== undefined) return going;
    const id = randomUUID();
    const state: RunState = { id, tenant: task.tenant, state: 'running', stage: 'starting', progress: 0, metrics: {}, models: [], error: '' };
    this.runs.set(id, state);
    for (const old of [...this.runs.values()].filter((run) => run.state !== 'running').slice(0, -KEPT_RUNS)) this.runs.delete(old.id);
    void this.follow(id, task);
    return state;
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads.values()].map((thread) => thread.cancel()));
  }

  private async follow(id: string, task: TrainingTask): Promise<void> {
    const { logger, publish } = this.parts;
    const started = performance.now();
    try {
      const outcome = await this.work(id, task);
      const models = await publish(task.tenant, outcome);
      this.update(id, { state: 'succeeded', stage: 'done', progress: 1, metrics: outcome.metrics, models });
      logger.info({ run: id, tenant: task.tenant, metrics: outcome.metrics, models, seconds: (performance.now() - started) / 1000 }, 'Training succeeded.');
    } catch (error) {
      this.update(id, { state: 'failed', stage: 'failed', error: error instanceof Error ? error.message : String(error) });
      logger.error({ err: error, run: id, tenant: task.tenant }, 'Training failed.');
    } finally {
      this.threads.delete(id);
    }
  }

  private work(id: string, task: TrainingTask): Promise<TrainingOutcome> {
    const thread = new CancellableThread(new URL('./worker.js', import.meta.url), { name: 'training', task });
    const { worker, ended } = thread;
    this.threads.set(id, thread);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'progress') this.update(id, { stage: message.stage, progress: message.share });
        else if (message.kind === 'done') resolve(message.outcome);
        else reject(new DomainError('INTERNAL', message.reason, message.message));
      });
      worker.once('error', reject);
      void ended.then((code) => reject(new DomainError('INTERNAL', 'TRAINING_ENDED', `The training thread ended with status ${code}.`)));
    });
  }

  private update(id: string, change: Partial<RunState>): void {
    const run = this.runs.get(id);
    if (run === undefined) return;
    this.runs.set(id, { ...run, ...change });
    for (const listener of this.listeners) listener();
  }
}
