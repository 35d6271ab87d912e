import type { Retention } from './retention.js';

/** What the archiving thread is given, and what the two threads say to each other. Only what can be cloned between threads. */
export interface ArchiveTask {
  readonly log: string;
  readonly objects: string;
  readonly retention: Retention;
  /** What shapes the archive's files, for its manifests. */
  readonly versions: Readonly<Record<string, string>>;
}

export type ToArchiver = { readonly kind: 'archive'; readonly id: number } | { readonly kind: 'stop' };

export type FromArchiver =
  | { readonly kind: 'state'; readonly commits: number; readonly lag: number }
  | { readonly kind: 'archived'; readonly id: number } & Archived
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly reason: string; readonly message: string };

/** The newest commit, and what was taken out of older ones for erasures. */
export interface Archived {
  readonly commit: number;
  readonly erased: { readonly records: number; readonly files: number };
}
