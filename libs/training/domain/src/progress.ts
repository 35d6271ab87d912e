import { DomainError } from '@serendip/shared-errors';

/** What a training task tells while it runs; `done` and `total` count steps of the stage. */
export interface TrainingProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** Training loss, smoothed. */
  readonly loss?: number;
  /** The latest value of the metric that decides when to stop. */
  readonly metric?: number;
}

export type OnProgress = (progress: TrainingProgress) => void;

/** An AbortSignal is one; a worker's is a flag in shared memory, so that arithmetic that never yields can still be stopped. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** Throws CANCELLED (`TRAINING_CANCELLED`) once the signal is set. */
export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted) throw new DomainError('CANCELLED', 'TRAINING_CANCELLED', 'The training was cancelled.');
}
