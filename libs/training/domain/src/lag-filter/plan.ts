import { sequenceCount, type Sequences } from '../sequences.js';
import type { LagFilterOptions } from './options.js';
import type { LagFilterShape } from './shape.js';

/** What a run will do, from the amount of data where the options leave it open. */
export interface LagFilterPlan {
  readonly shape: LagFilterShape;
  readonly epochs: number;
  readonly itemDropout: number;
  readonly learningRate: number;
}

export function planOf(sequences: Sequences, itemCount: number, options: LagFilterOptions): LagFilterPlan {
  const predictions = Math.max(1, sequences.items.length - sequenceCount(sequences));
  const large = predictions >= 200_000;
  const steps = predictions / Math.max(1, sequenceCount(sequences)) >= 24 ? 32 : 16;
  const batchSize = options.batchSize ?? (large ? 1024 : predictions >= 10_000 ? 512 : 128);
  const chunks = Math.max(1, Math.round(batchSize / steps));
  const perEpoch = Math.ceil(predictions / (chunks * steps));
  return {
    shape: {
      itemCount,
      dimension: options.dimension ?? 64,
      lags: options.lags ?? 50,
      hidden: options.hidden ?? 128,
      chunks,
      steps,
      negatives: options.negatives ?? 256,
    },
    epochs: options.epochs ?? (large ? 5 : Math.min(20, Math.max(8, Math.ceil(400 / perEpoch)))),
    itemDropout: options.itemDropout ?? (large ? 0 : 0.2),
    learningRate: options.learningRate ?? (large ? 0.004 : 0.002),
  };
}
