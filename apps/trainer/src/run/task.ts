/** What the worker is given, and what it tells. Only what can be cloned between threads. */
export interface TrainingTask {
  readonly tenant: string;
  readonly log: string;
  readonly objects: string;
  /** Seconds of gradient training of the retriever, over both of its trainings. */
  readonly maxSeconds: number;
  /** Features that the ranker is given besides those of every ranker. */
  readonly features: readonly string[];
  /** Bundles of the champions, to be beaten; absent when there is none. */
  readonly champions: { readonly retriever?: Champion; readonly ranker?: Champion };
}

export interface Champion {
  /** name@version. */
  readonly name: string;
  readonly bundle: string;
  readonly digest: string;
}

export interface TrainedBundle {
  readonly model: 'retriever' | 'ranker';
  readonly bundle: string;
  readonly digest: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly promoted: boolean;
  readonly verdict: string;
}

export interface TrainingOutcome {
  readonly metrics: Readonly<Record<string, number>>;
  readonly models: readonly TrainedBundle[];
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly stage: string; readonly share: number }
  | { readonly kind: 'done'; readonly outcome: TrainingOutcome }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };
