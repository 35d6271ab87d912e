/** Forward decay (Cormode et al. 2009) in log space: what is stored never changes as time goes by, and never underflows. */

const DAY_MS = 86_400_000;

/** Landmark of every log-space value: 2020-01-01T00:00:00Z, epoch milliseconds. */
const LANDMARK_MS = 1_577_836_800_000;

/** The half-lives that counters are kept for, in milliseconds: 1, 7 and 30 days. */
export const HALF_LIVES_MS = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS] as const;

/** Log-space form of `weight` > 0 at a time; -Infinity for 0. */
export function decayedLog(weight: number, timeMs: number, halfLifeMs: number): number {
  return Math.log(weight) + (Math.LN2 / halfLifeMs) * (timeMs - LANDMARK_MS);
}

/** log(e^a + e^b), -Infinity being zero. */
export function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  if (high === -Infinity) return -Infinity;
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** What every log-space value of a half-life has lost by now: a value is worth e^(log - loss). */
export function decayLoss(nowMs: number, halfLifeMs: number): number {
  return (Math.LN2 / halfLifeMs) * (nowMs - LANDMARK_MS);
}

/** What a log-space value is worth now: the sum of weights, each halved once for every half-life since its time. */
export function decayedValue(log: number, nowMs: number, halfLifeMs: number): number {
  return Math.exp(log - decayLoss(nowMs, halfLifeMs));
}
