import { pairedBootstrap, type Interval } from '@serendip/training-domain';
import { HEADS, requestCount, type Examples } from './examples.js';

const K = 10;

/** Quality of one order of the candidates, request by request. */
export interface Quality {
  readonly ndcg: number;
  readonly hitRate: number;
  readonly ndcgs: Float64Array;
}

const discount = Float64Array.from({ length: K }, (_, rank) => 1 / Math.log2(rank + 2));

/** NDCG@10 and HR@10 of an order by score, against all that each request had to find, retrieved or not. */
export function quality(examples: Examples, scores: Float32Array): Quality {
  const { offsets, labels, targets } = examples;
  const ndcgs = new Float64Array(requestCount(examples));
  let hits = 0;
  for (let group = 0; group < ndcgs.length; group++) {
    const rows = Array.from({ length: offsets[group + 1]! - offsets[group]! }, (_, i) => offsets[group]! + i);
    const best = rows.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, K);
    let gain = 0;
    best.forEach((row, rank) => { if (labels[row * HEADS.length]! > 0) gain += discount[rank]!; });
    let ideal = 0;
    for (let rank = 0; rank < Math.min(K, targets[group]!); rank++) ideal += discount[rank]!;
    ndcgs[group] = gain / ideal;
    if (gain > 0) hits++;
  }
  const mean = ndcgs.length === 0 ? 0 : ndcgs.reduce((sum, value) => sum + value, 0) / ndcgs.length;
  return { ndcg: mean, hitRate: ndcgs.length === 0 ? 0 : hits / ndcgs.length, ndcgs };
}

export interface Verdict {
  readonly promoted: boolean;
  /** One sentence. */
  readonly verdict: string;
}

const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;

/** Whether a new version may take over: it must be better than what is there by more than chance explains. */
export function judge(fresh: Quality, against: { readonly name: string; readonly quality: Quality }): Verdict & { readonly difference: Interval } {
  const difference = pairedBootstrap(fresh.ndcgs, against.quality.ndcgs);
  const better = difference.low > 0;
  const figures = `NDCG@10 ${fresh.ndcg.toFixed(4)}, ${signed(difference.mean)} [${signed(difference.low)}, ${signed(difference.high)}] against ${against.name}`;
  return { promoted: better, verdict: `${better ? 'promoted' : 'not promoted'}: ${figures}`, difference };
}
