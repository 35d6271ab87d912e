import type { Interval } from '../evaluation/paired-bootstrap.js';

/** A feature that already orders candidates (the retrieval score, say), which the model is compared with. */
export interface RankerBaseline {
  readonly name: string;
  readonly column: number;
}

export interface RankerOptions {
  /** Widths of the hidden layers; default [64, 32]. */
  readonly hidden?: readonly number[];
  /** Most passes over the data; default by the amount of data (5 to 20). */
  readonly epochs?: number;
  /** The learning rate falls with the time used as it does with the steps done; without it the result depends on the seed alone. */
  readonly maxSeconds?: number;
  /** Rows in a batch, rounded to whole groups; default by the amount of data (512 to 8,192). */
  readonly batchRows?: number;
  /** Peak of the learning rate; default 0.003. */
  readonly learningRate?: number;
  /** How much a group's order counts beside its rows' probabilities; default 1. */
  readonly listShare?: number;
  /** The latest groups, by this share of all, are not trained on but decide when to stop; default 0.15. */
  readonly validationShare?: number;
  /** The head whose NDCG@10 decides; default 0. */
  readonly decidingHead?: number;
  /** Epochs without a better one before training stops; default 3. */
  readonly patience?: number;
  readonly baselines?: readonly RankerBaseline[];
  readonly seed?: number;
}

/** NDCG@10 over the validation groups that have a label above 0. */
export interface RankerHeadMetrics {
  readonly groups: number;
  readonly ndcg: number;
  /** Mean predicted probability, and mean label, over all validation rows. */
  readonly predicted: number;
  readonly observed: number;
  readonly baselines: readonly {
    readonly name: string;
    readonly ndcg: number;
    /** The model's NDCG less the baseline's, over the same groups, with a 95 % interval of paired resamples. */
    readonly difference: Interval;
  }[];
}

export interface RankerMetrics {
  /** The epoch that was kept, from 1; 0 where there was nothing to validate on and the last was. */
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  /** Mean loss of a group in the last epoch. */
  readonly loss: number;
  readonly trainingGroups: number;
  readonly validationGroups: number;
  /** On the validation groups, in the order of the heads. */
  readonly heads: readonly RankerHeadMetrics[];
}
