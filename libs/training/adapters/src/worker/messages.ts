import { DomainError, isDomainError, type ErrorCode } from '@serendip/shared-errors';
import type { TrainingProgress } from '@serendip/training-domain';
import type { TaskKind } from './tasks.js';

/** What a worker starts with. `cancelled` is one shared int32 that turns 1. */
export interface WorkerStart {
  readonly kind: TaskKind;
  readonly input: unknown;
  readonly cancelled: Int32Array;
  readonly niceness: number;
}

export type WorkerMessage =
  | { readonly type: 'progress'; readonly progress: TrainingProgress }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'failure'; readonly failure: Failure };

/** A domain error as data; threads do not share classes. */
export interface Failure {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is not a domain error is a fault of ours: INTERNAL (`TRAINING_FAILED`), its own message kept for the log. */
export function asDomainError(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DomainError('INTERNAL', 'TRAINING_FAILED', `The training failed: ${message}`, { cause: error });
}

export function toFailure(error: unknown): Failure {
  const { code, reason, message, metadata } = asDomainError(error);
  return { code, reason, message, metadata };
}

export function fromFailure({ code, reason, message, metadata }: Failure): DomainError {
  return new DomainError(code, reason, message, { metadata });
}

/** The buffers of all typed arrays in a plain value, each once; shared ones are left out, as they need no moving. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (!(value.buffer instanceof SharedArrayBuffer)) found.add(value.buffer as ArrayBuffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) buffersOf(inner, found);
  }
  return [...found];
}
