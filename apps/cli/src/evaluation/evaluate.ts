import { mean, offPolicyEstimate, pairedBootstrap, requestQuality, type Interval } from '@serendip/training-domain';
import type { Slates } from './slates.js';

const METRICS = ['ndcg@10', 'hr@10', 'mrr'] as const;

export type Metric = (typeof METRICS)[number];

/** How an order of the slates does: means over slates of which something came, with 95 % intervals over people drawn anew. */
export type Quality = Readonly<Record<Metric, Interval>>;

/** What the order would have earned for each item that was shown, as far as the log can tell. */
export interface OffPolicy {
  readonly ips: Interval;
  readonly snips: number;
  readonly effectiveSamples: number;
  /** Items shown with a propensity, and those of them whose weight was cut. */
  readonly choices: number;
  readonly clipped: number;
}

export interface Evaluated {
  readonly quality: Quality;
  /** Undefined where nothing was left to chance, so that the log can tell nothing of another order. */
  readonly offPolicy: OffPolicy | undefined;
  /** Of each slate of which something came. */
  readonly values: Readonly<Record<Metric, Float64Array>>;
}

/** How often each slate counts and whose it is. */
export interface Judged {
  readonly slates: Slates;
  /** Slates of which something came. */
  readonly answered: readonly number[];
}

export function judged(slates: Slates): Judged {
  const { offsets, relevant } = slates;
  const answered = Array.from({ length: offsets.length - 1 }, (_, slate) => slate).filter((slate) => relevant.subarray(offsets[slate], offsets[slate + 1]).some((value) => value > 0));
  return { slates, answered };
}

/** The order that was served, as scores. */
export const served = ({ offsets, relevant }: Slates): Float32Array => {
  const scores = new Float32Array(relevant.length);
  for (let slate = 0; slate + 1 < offsets.length; slate++) for (let row = offsets[slate]!; row < offsets[slate + 1]!; row++) scores[row] = offsets[slate]! - row;
  return scores;
};

export function evaluate({ slates, answered }: Judged, scores: Float32Array): Evaluated {
  const { ndcgs, hits, reciprocalRanks } = requestQuality({ offsets: slates.offsets, labels: slates.relevant }, scores);
  const of = (each: Float64Array): Float64Array => Float64Array.from(answered, (slate) => each[slate]!);
  const values = { 'ndcg@10': of(ndcgs), 'hr@10': of(hits), mrr: of(reciprocalRanks) };
  const none = new Float64Array(answered.length);
  const quality = Object.fromEntries(METRICS.map((metric) => [metric, compared(values[metric], none, { slates, answered })])) as Record<Metric, Interval>;
  return { quality, values, offPolicy: offPolicy(slates, scores) };
}

/** The mean difference over slates, with its interval: the slates of one person are drawn together. */
export function compared(a: Float64Array, b: Float64Array, { slates, answered }: Judged): Interval {
  return pairedBootstrap(a, b, { groups: Int32Array.from(answered, (slate) => slates.people[slate]!) });
}

/** An item counts where the order leaves it in the place that it was shown in, by how unlikely it was there. */
function offPolicy({ offsets, relevant, propensities, people }: Slates, scores: Float32Array): OffPolicy | undefined {
  const rewards: number[] = [];
  const logged: number[] = [];
  const chances: number[] = [];
  const groups: number[] = [];
  for (let slate = 0; slate + 1 < offsets.length; slate++) {
    const rows = Array.from({ length: offsets[slate + 1]! - offsets[slate]! }, (_, i) => offsets[slate]! + i);
    const order = rows.toSorted((a, b) => scores[b]! - scores[a]! || a - b);
    for (const [place, row] of rows.entries()) {
      if (!(propensities[row]! > 0)) continue;
      rewards.push(relevant[row]!);
      logged.push(propensities[row]!);
      chances.push(order[place] === row ? 1 : 0);
      groups.push(people[slate]!);
    }
  }
  if (!logged.some((propensity) => propensity < 1)) return undefined;
  const { earned, snips, effectiveSamples, clipped } = offPolicyEstimate({ rewards, propensities: logged, chances });
  return { ips: pairedBootstrap(earned, new Float64Array(earned.length), { groups }), snips, effectiveSamples, clipped, choices: rewards.length };
}

/** Mean and largest difference of two scores, row by row. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): { readonly rows: number; readonly mean: number; readonly max: number } {
  const differences = Array.from(a, (value, i) => Math.abs(value - b[i]!));
  return { rows: differences.length, mean: mean(differences), max: differences.reduce((most, value) => Math.max(most, value), 0) };
}
