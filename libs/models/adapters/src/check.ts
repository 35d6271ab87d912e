/** In the order they are made; one that fails leaves out those behind it. */
export const CHECKS = ['manifest', 'safety', 'load', 'signature', 'golden', 'outputs', 'latency', 'evaluation'] as const;

export type CheckName = (typeof CHECKS)[number];

export interface Check {
  readonly name: CheckName;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** A sentence or more: what was found and, when it failed, what to do. */
  readonly detail: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** What a check that passes found. */
export interface Passed {
  readonly detail: string;
  readonly figures?: Readonly<Record<string, number>>;
}

/** A check that failed, with its figures. */
export class CheckFailed extends Error {
  constructor(message: string, readonly figures: Readonly<Record<string, number>> = {}) {
    super(message);
    this.name = 'CheckFailed';
  }
}

/** A check that has nothing to look at. */
export class CheckSkipped extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckSkipped';
  }
}

/** Green: nothing failed. */
export const allPassed = (checks: readonly Check[]): boolean => checks.every(({ outcome }) => outcome !== 'failed');
