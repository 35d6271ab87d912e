import { buildNeighbours, buildSimilar, type CancelSignal, type OnProgress } from '@serendip/training-domain';
import { trainLagFilter } from '../train-lag-filter.js';
import { trainRanker } from '../train-ranker.js';

/** What a worker can be asked for; inputs and results are plain objects over typed arrays. */
const tasks = {
  'lag-filter': trainLagFilter,
  neighbours: buildNeighbours,
  similar: buildSimilar,
  ranker: trainRanker,
} as const;

export type TaskKind = keyof typeof tasks;

export type TaskInput<Kind extends TaskKind> = Omit<Parameters<(typeof tasks)[Kind]>[0], 'onProgress' | 'signal'>;

export type TaskResult<Kind extends TaskKind> = Awaited<ReturnType<(typeof tasks)[Kind]>>;

export interface TaskHooks {
  readonly onProgress?: OnProgress;
  readonly signal?: CancelSignal;
}

/** Runs a task on this thread. */
export async function runTask<Kind extends TaskKind>(kind: Kind, input: TaskInput<Kind>, hooks: TaskHooks): Promise<TaskResult<Kind>> {
  const task = tasks[kind] as (input: unknown) => unknown;
  return (await task({ ...input, ...hooks })) as TaskResult<Kind>;
}
