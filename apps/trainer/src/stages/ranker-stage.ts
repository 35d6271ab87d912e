import { trainRanker, type RankerModel } from '@serendip/training-adapters';
import type { CancelSignal, OnProgress } from '@serendip/training-domain';
import { HEADS, type Examples } from './examples.js';

export interface RankerTask {
  readonly examples: Examples;
  readonly maxSeconds: number;
  readonly onProgress: OnProgress;
  readonly signal: CancelSignal;
}

/** Weight of each head in the ranker's own objective, HEADS' order: what is worth more than a look counts on top of it. */
export const HEAD_WEIGHTS = [1, 1] as const;

export function trainRankerStage({ examples, maxSeconds, onProgress, signal }: RankerTask): Promise<RankerModel> {
  return trainRanker({
    data: { offsets: examples.offsets, features: examples.features, featureCount: examples.names.length, labels: examples.labels, headCount: HEADS.length, weights: examples.weights },
    options: { maxSeconds, baselines: [{ name: 'retrieval', column: examples.names.indexOf('retrieval_score') }] },
    onProgress,
    signal,
  });
}
