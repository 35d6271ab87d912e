import type { UserStateView } from '@serendip/shared-layouts';

/** Sums by number, decayed to now, and when the newest event of each number happened. */
export class DecayedSums {
  private readonly sums = new Map<number, number>();
  private readonly newest = new Map<number, number>();

  clear(): void {
    this.sums.clear();
    this.newest.clear();
  }

  /** Adds what one event is worth. Events come newest first. */
  add(number: number, worth: number, timeMs: number): void {
    this.sums.set(number, (this.sums.get(number) ?? 0) + worth);
    if (!this.newest.has(number)) this.newest.set(number, timeMs);
  }

  of(number: number): number {
    return this.sums.get(number) ?? 0;
  }

  /** -Infinity without an event. */
  newestMs(number: number): number {
    return this.newest.get(number) ?? -Infinity;
  }
}

/** What an event is worth now: halved once for every half-life since. */
export const worthOf = (timeMs: number, nowMs: number, halfLifeMs: number): number => 2 ** (-Math.max(0, nowMs - timeMs) / halfLifeMs);

/** When the newest kept interaction of a type happened; -Infinity without one. */
export function newestOfType(state: UserStateView, type: number): number {
  for (let i = state.interactions - 1; i >= 0; i--) if (state.type(i) === type) return state.timeMs(i);
  return -Infinity;
}
