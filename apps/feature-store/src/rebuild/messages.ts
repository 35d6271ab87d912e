/** What the rebuilding thread is given, and what the two threads say to each other. Only what can be cloned between threads. */
export interface RebuildTask {
  readonly log: string;
  readonly objects: string;
  /** URL of the generation to be made. */
  readonly generation: string;
  readonly logLevel: string;
  readonly dedupe: boolean;
}

/** `finish`: apply at least up to there, by partition, and close the generation. */
export type ToRebuilder = { readonly kind: 'finish'; readonly cursors: readonly number[] };

export type FromRebuilder =
  | { readonly kind: 'progress'; readonly applied: number; readonly total: number }
  | { readonly kind: 'caught-up' }
  | { readonly kind: 'finished'; readonly cursors: readonly number[] };
