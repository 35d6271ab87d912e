import { LagFilterEncoder } from '@serendip/retrieval-domain';
import { evaluateFullRanking } from '../evaluation/full-ranking.js';
import type { CancelSignal } from '../progress.js';
import { newestFirst, someCases, type HeldOut } from '../sequences.js';
import type { LagFilterMetrics } from './options.js';
import type { LagFilterEngine, LagFilterParameters, LagFilterShape } from './shape.js';

export interface LagFilterEvaluationOptions {
  readonly shape: LagFilterShape;
  readonly engine: LagFilterEngine;
  readonly limit: number | undefined;
  readonly signal: CancelSignal | undefined;
}

/** Looks at the held-out cases with the encoder that will serve, and remembers the best look. */
export class LagFilterEvaluation {
  best: LagFilterMetrics['evaluation'];
  latest: number | undefined;
  worseInARow = 0;
  private readonly heldOut: HeldOut;

  constructor(heldOut: HeldOut, private readonly options: LagFilterEvaluationOptions) {
    const limit = options.limit ?? Math.min(2000, Math.ceil(2e8 / options.shape.itemCount));
    this.heldOut = someCases(heldOut, limit);
  }

  /** Answers whether this is the best look so far, by NDCG@10. */
  async look(parameters: LagFilterParameters, epoch: number): Promise<boolean> {
    const { shape, signal } = this.options;
    const { cases, hitRate, ndcg } = await evaluateFullRanking({ heldOut: this.heldOut, itemCount: shape.itemCount, signal, batch: 64, score: (part) => this.score(parameters, part) });
    this.latest = ndcg;
    const better = this.best === undefined || ndcg > this.best.ndcg;
    this.worseInARow = better ? 0 : this.worseInARow + 1;
    if (better) this.best = { epoch, cases, hitRate, ndcg };
    return better;
  }

  private score(parameters: LagFilterParameters, cases: Int32Array): Promise<Float32Array> {
    const { shape, engine } = this.options;
    const { dimension, lags, hidden, itemCount } = shape;
    const encoder = new LagFilterEncoder({ dimension, lags, hidden, ...parameters, itemIn: parameters.itemIn.subarray(0, itemCount * dimension) });
    const queries = new Float32Array(cases.length * dimension);
    cases.forEach((one, i) => encoder.encode(newestFirst(this.heldOut.histories, one), queries.subarray(i * dimension)));
    return engine.score(parameters, queries, cases.length);
  }
}
