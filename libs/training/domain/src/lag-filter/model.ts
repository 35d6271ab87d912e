import type { LagFilterWeights } from '@serendip/retrieval-domain';
import type { LagFilterMetrics } from './options.js';

/** A trained retriever: the encoder's weights, and what turns its vector into scores: y · itemOut[i] + bias[i]. */
export interface LagFilterModel extends LagFilterWeights {
  /** items × dimension. */
  readonly itemOut: Float32Array;
  readonly bias: Float32Array;
  readonly metrics: LagFilterMetrics;
}
