/** How an event log is opened. */
export interface OpenEventLogOptions {
  readonly mode: 'writer' | 'reader';
  /** Least time between two commits while little waits, milliseconds; default 3 (LMDB), 1 (others). Bounds what many small appends cost. */
  readonly minIntervalMs?: number;
  /** How long a reader waits for a log that no writer has made yet, and anybody for a server, milliseconds; default 30 s. */
  readonly waitMs?: number;
  /** Is told, in sentences for whoever runs the engine, what a writer could go on with but should not have to. */
  readonly advise?: (sentence: string) => void;
}
