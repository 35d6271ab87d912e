import type { CallOptions } from './client-types.js';

/** The deadline of a call, epoch milliseconds, Infinity for none: the earliest of the options', or the default when they give none; never later than the context's. */
export function deadlineOf(options: CallOptions, defaultTimeoutMs: number, nowMs: number): number {
  const { timeoutMs, deadlineMs, context } = options;
  const timeout = timeoutMs ?? (deadlineMs === undefined ? defaultTimeoutMs : Infinity);
  return Math.min(nowMs + timeout, deadlineMs ?? Infinity, context?.deadlineMs ?? Infinity);
}

/** Timers count no further, milliseconds (25 days): more time than that is time without end, as it is for grpc-js. */
export const mostTimerMs = 2 ** 31 - 1;

/** Milliseconds left until a deadline, at least 1; zero for time without end. */
export function timeLeft(deadlineMs: number, nowMs: number): number {
  const leftMs = Math.max(1, Math.ceil(deadlineMs - nowMs));
  return leftMs <= mostTimerMs ? leftMs : 0;
}

/** Runs `cancel` when one of the options' signals is aborted; answers how to stop listening. */
export function onAbort(options: CallOptions, cancel: () => void): () => void {
  const signals = [options.signal, options.context?.signal].filter((signal) => signal !== undefined);
  for (const signal of signals) signal.addEventListener('abort', cancel, { once: true });
  return () => {
    for (const signal of signals) signal.removeEventListener('abort', cancel);
  };
}

export function isAborted(options: CallOptions): boolean {
  return options.signal?.aborted === true || options.context?.signal.aborted === true;
}
