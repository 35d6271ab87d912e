import { mean, pairedBootstrap, requestQuality, type Interval } from '@serendip/training-domain';
import { HEADS, type Examples } from './examples.js';

/** Quality of one order of the candidates, request by request. */
export interface Quality {
  readonly ndcg: number;
  readonly hitRate: number;
  readonly ndcgs: Float64Array;
}

/** NDCG@10 and HR@10 of an order by score, against all that each request had to find, retrieved or not. */
export function quality({ offsets, labels, targets }: Examples, scores: Float32Array): Quality {
  const { ndcgs, hits } = requestQuality({ offsets, labels, labelStride: HEADS.length, targets }, scores);
  return { ndcg: mean(ndcgs), hitRate: mean(hits), ndcgs };
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
