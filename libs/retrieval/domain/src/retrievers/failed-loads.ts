import type { Clock } from '../catalogue/derived.js';
import { retryDelayMs } from './retry-delay.js';

interface Failed<Reference> {
  readonly reference: Reference;
  readonly error: unknown;
  readonly tries: number;
  readonly againAtMs: number;
}

/** Versions that could not be loaded, by key, and when each is worth another try. */
export class FailedLoads<Reference> {
  private readonly failed = new Map<string, Failed<Reference>>();

  constructor(private readonly clock: Clock) {}

  has(key: string): boolean {
    return this.failed.has(key);
  }

  list(): readonly { readonly reference: Reference; readonly error: unknown }[] {
    return [...this.failed.values()].map(({ reference, error }) => ({ reference, error }));
  }

  /** Whether it has not failed, or long enough ago. */
  mayTry(key: string): boolean {
    return this.clock() >= (this.failed.get(key)?.againAtMs ?? -Infinity);
  }

  /** How often in a row it has failed. */
  tries(key: string): number {
    return this.failed.get(key)?.tries ?? 0;
  }

  /** It has failed once more than `before`, by default than it is known to have. */
  add(key: string, reference: Reference, error: unknown, before = this.tries(key)): void {
    const tries = before + 1;
    this.failed.set(key, { reference, error, tries, againAtMs: this.clock() + retryDelayMs(tries) });
  }

  delete(key: string): void {
    this.failed.delete(key);
  }

  /** Forgets those that nobody wants any more. */
  keep(wanted: ReadonlyMap<string, unknown>): void {
    for (const key of this.failed.keys()) if (!wanted.has(key)) this.failed.delete(key);
  }
}
