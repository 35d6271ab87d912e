import type { HeldOut } from '../sequences.js';
import type { RepeatTargets } from './batches.js';

export interface LagFilterOptions {
  /** Width of the vectors; default 64. */
  readonly dimension?: number;
  /** How many of the newest items make a user vector; default 50. */
  readonly lags?: number;
  /** Hidden units of the correction; default 128. */
  readonly hidden?: number;
  /** Sampled negatives of a batch; default 256. */
  readonly negatives?: number;
  /** Negatives are drawn in proportion to popularity to this power; default 0.75. */
  readonly negativePower?: number;
  /** Predictions in a batch, rounded to whole stretches; default by the amount of data (128 to 1,024). */
  readonly batchSize?: number;
  /** Passes over the data; default by the amount of data (5 from 200,000 predictions, 8 below, up to 20 for a tiny set). */
  readonly epochs?: number;
  /** The learning rate falls with the time used as it does with the steps done, so that training ends well inside this budget; without it the result depends on the seed alone. */
  readonly maxSeconds?: number;
  /** Share of hidden units left out in training; default 0.2. */
  readonly dropout?: number;
  /** Share of the items of each history left out in training; default by the amount of data (0.2, or 0 from 200,000 predictions). */
  readonly itemDropout?: number;
  /** Peak of the learning rate; default by the amount of data (0.004 from 200,000 predictions, 0.002 below). */
  readonly learningRate?: number;
  /** Default `learn`. */
  readonly repeatTargets?: RepeatTargets;
  readonly seed?: number;
  /** Held-out cases, looked at after every epoch: the parameters of the best epoch are kept. */
  readonly evaluation?: HeldOut;
  /** At most this many cases are looked at; default 2,000, fewer where the catalogue is large. */
  readonly evaluationCases?: number;
  /** Epochs without a better one before training stops; default: never. */
  readonly patience?: number;
}

export interface LagFilterMetrics {
  readonly steps: number;
  /** Passes over the data that were made. */
  readonly epochs: number;
  /** Predictions learned from in one pass. */
  readonly positions: number;
  readonly seconds: number;
  /** Mean loss of the last epoch. */
  readonly loss: number;
  /** The best epoch on the held-out cases, where there are any; HR and NDCG at 10 over the whole catalogue. */
  readonly evaluation?: { readonly epoch: number; readonly cases: number; readonly hitRate: number; readonly ndcg: number };
}
