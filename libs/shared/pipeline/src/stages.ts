import type { Candidates, Found } from './candidates.js';

/** What a stage gets besides the query: nothing else. */
export interface Context {
  /** When the whole pipeline must have answered, in the clock's milliseconds. */
  readonly deadlineMs: number;
  /** Aborted when the caller has gone or the stage is out of time. */
  readonly signal: AbortSignal;
  /** Of the request that all of it is done for, 32 hexadecimal digits; absent where no request asked. */
  readonly traceId?: string;
}

export interface Stage<Q> {
  readonly name: string;
  /** A failed or late stage is left out and reported, unless it is required: then the pipeline fails. */
  readonly required?: boolean;
  /** Most time it may take; without it, what is left until the deadline. */
  readonly timeoutMs?: number;
  enabled?(query: Q): boolean;
}

/** Answers fields of the query; hydrators run side by side. */
export interface Hydrator<Q> extends Stage<Q> {
  hydrate(query: Q, context: Context): Promise<Partial<Q>>;
}

/** Answers candidates, best first; sources run side by side. */
export interface Source<Q> extends Stage<Q> {
  fetch(query: Q, context: Context): Promise<Found>;
}

/** Clears the bits of candidates that must not be shown and answers how many. The only stage that drops. */
export interface Filter<Q> extends Stage<Q> {
  drop(query: Q, candidates: Candidates): number;
}

/** Writes `score`; can neither reorder nor drop. */
export interface Scorer<Q> extends Stage<Q> {
  score(query: Q, candidates: Candidates, context: Context): Promise<void>;
}

/** One chosen candidate: objects begin here. */
export interface Selected {
  readonly ordinal: number;
  readonly score: number;
  /** Bits of the sources that found it. */
  readonly source: number;
  /** Its place by score among all candidates, from 0. */
  readonly place: number;
}

/** Chooses and orders; what it leaves out may be asked for by a late check as backfill. */
export interface Selector<Q> extends Stage<Q> {
  select(query: Q, candidates: Candidates): readonly Selected[];
}

/** Checks the chosen once more against the newest data and answers those that may be shown, backfilled from the reserve. */
export interface LateCheck<Q> extends Stage<Q> {
  check(query: Q, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]>;
}

/** Puts what late checks left into its final order. Synchronous: it always runs, so that no rule is lost for want of time. */
export interface Arranger<Q> extends Stage<Q> {
  arrange(query: Q, chosen: readonly Selected[]): readonly Selected[];
}

/** Runs after the answer; its failures are reported to the host only. */
export interface SideEffect<Q> extends Stage<Q> {
  run(slate: Slate<Q>): Promise<void>;
}

/** Order is data: a placement lists its stages, and nothing else decides what runs. */
export interface Pipeline<Q> {
  readonly hydrators: readonly Hydrator<Q>[];
  readonly sources: readonly Source<Q>[];
  readonly filters: readonly Filter<Q>[];
  readonly scorers: readonly Scorer<Q>[];
  readonly selector: Selector<Q>;
  /** What happens to the chosen: checks, and what puts them into their final order. */
  readonly late: readonly (LateCheck<Q> | Arranger<Q>)[];
  readonly sideEffects: readonly SideEffect<Q>[];
}

/** What one stage did. */
export interface StageReport {
  readonly stage: string;
  readonly kind: 'hydrator' | 'source' | 'filter' | 'scorer' | 'selector' | 'late-check' | 'arranger';
  readonly in: number;
  readonly out: number;
  readonly tookMs: number;
  /** Why it was left out; absent when it did its work. */
  readonly failure?: string;
}

/** A step down the degradation ladder. */
export interface Degradation {
  readonly stage: string;
  readonly reason: string;
}

/** The result: what was chosen, and how it came about. */
export interface Slate<Q> {
  readonly query: Q;
  readonly chosen: readonly Selected[];
  readonly funnel: readonly StageReport[];
  readonly degraded: readonly Degradation[];
}
