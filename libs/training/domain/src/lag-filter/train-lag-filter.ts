import { DomainError } from '@serendip/shared-errors';
import { AliasSampler } from '../alias-sampler.js';
import { throwIfCancelled, type CancelSignal, type OnProgress } from '../progress.js';
import { Random } from '../random.js';
import { warmUpCosine } from '../schedule.js';
import { checkSequences, collapseRepeats, itemCounts, type Sequences } from '../sequences.js';
import { LagFilterBatches } from './batches.js';
import { LagFilterEvaluation } from './evaluation.js';
import type { LagFilterModel } from './model.js';
import type { LagFilterOptions } from './options.js';
import { copyParameters, startingParameters } from './parameters.js';
import { planOf } from './plan.js';
import type { LagFilterEngine, LagFilterParameters, LagFilterShape } from './shape.js';
import { LagFilterUpdates } from './updates.js';

export interface LagFilterTraining {
  /** Immediate repeats are collapsed; a sequence of one item teaches nothing. */
  readonly sequences: Sequences;
  readonly itemCount: number;
  readonly options?: LagFilterOptions;
  readonly createEngine: (shape: LagFilterShape) => Promise<LagFilterEngine>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly onProgress?: OnProgress;
  readonly signal?: CancelSignal;
}

/**
 * Trains the lag-filter encoder with a sampled, logQ-corrected softmax and Adam (see the README for the method). Throws
 * INVALID_ARGUMENT (`BAD_SEQUENCES`), FAILED_PRECONDITION (`NOTHING_TO_LEARN`) when no sequence has two items, and
 * CANCELLED (`TRAINING_CANCELLED`).
 */
export async function trainLagFilter(training: LagFilterTraining): Promise<LagFilterModel> {
  const { itemCount, options = {}, now } = training;
  checkSequences(training.sequences, itemCount);
  const sequences = collapseRepeats(training.sequences);
  const started = now();
  const plan = planOf(sequences, itemCount, options);
  const { shape } = plan;
  const random = new Random(options.seed ?? 1);
  const counts = itemCounts(sequences, itemCount);
  if (sequences.items.length === 0) throw nothingToLearn();
  const sampler = new AliasSampler(counts.map((count) => count ** (options.negativePower ?? 0.75)));
  const batches = new LagFilterBatches(sequences, { shape, sampler, random, dropout: options.dropout ?? 0.2, itemDropout: plan.itemDropout, repeatTargets: options.repeatTargets ?? 'learn' });
  if (batches.positions === 0) throw nothingToLearn();
  const parameters = startingParameters(shape, counts, random);
  const engine = await training.createEngine(shape);
  try {
    const run = new Run(training, { plan, batches, parameters, engine, started });
    await run.learn();
    return run.model();
  } finally {
    await engine.release();
  }
}

interface RunParts {
  readonly plan: ReturnType<typeof planOf>;
  readonly batches: LagFilterBatches;
  readonly parameters: LagFilterParameters;
  readonly engine: LagFilterEngine;
  readonly started: number;
}

class Run {
  private readonly updates: LagFilterUpdates;
  private readonly evaluation: LagFilterEvaluation | undefined;
  private readonly total: number;
  private best: { readonly epoch: number; readonly parameters: LagFilterParameters } | undefined;
  private step = 0;
  private loss = NaN;

  constructor(private readonly training: LagFilterTraining, private readonly parts: RunParts) {
    const { plan, parameters, engine, batches } = parts;
    const { options } = training;
    this.updates = new LagFilterUpdates(plan.shape, parameters);
    this.total = batches.perEpoch * plan.epochs;
    if (options?.evaluation !== undefined) this.evaluation = new LagFilterEvaluation(options.evaluation, { shape: plan.shape, engine, limit: options.evaluationCases, signal: training.signal });
  }

  async learn(): Promise<void> {
    const { perEpoch } = this.parts.batches;
    while (this.share() < 1) {
      let sum = 0;
      let count = 0;
      while (count < perEpoch && this.share() < 1) {
        throwIfCancelled(this.training.signal);
        sum += await this.learnBatch();
        count++;
        if (this.step % 16 === 0 || this.step === this.total) this.report(sum / count);
      }
      this.loss = sum / count;
      if (await this.shouldStop()) break;
    }
    this.report(this.loss, 1);
  }

  model(): LagFilterModel {
    const { plan, batches, started, parameters } = this.parts;
    const { dimension, lags, hidden, itemCount } = plan.shape;
    const kept = this.best?.parameters ?? parameters;
    return {
      dimension, lags, hidden, ...kept, itemIn: kept.itemIn.slice(0, itemCount * dimension),
      metrics: {
        steps: this.step,
        epochs: this.step / batches.perEpoch,
        positions: batches.positions,
        seconds: (this.training.now() - started) / 1000,
        loss: this.loss,
        ...(this.evaluation?.best === undefined ? {} : { evaluation: this.evaluation.best }),
      },
    };
  }

  /** How far training is, by steps or by time, whichever is further. */
  private share(): number {
    const budget = this.training.options?.maxSeconds;
    const bySteps = this.step / this.total;
    if (budget === undefined) return bySteps;
    return Math.max(bySteps, (this.training.now() - this.parts.started) / 1000 / budget);
  }

  private async learnBatch(): Promise<number> {
    const { plan, batches, engine, parameters } = this.parts;
    const warmUp = Math.min(100, Math.ceil(this.total / 20));
    const rate = warmUpCosine(this.step, { peak: plan.learningRate, warmUp, total: this.total }, this.share());
    const batch = batches.take();
    const gradients = await engine.step(parameters, batch);
    this.updates.apply(batch, gradients, rate);
    this.step++;
    return gradients.loss;
  }

  private async shouldStop(): Promise<boolean> {
    const { evaluation } = this;
    if (evaluation === undefined) return false;
    const epoch = this.step / this.parts.batches.perEpoch;
    if (await evaluation.look(this.parts.parameters, epoch)) this.best = { epoch, parameters: copyParameters(this.parts.parameters) };
    this.report(this.loss);
    return evaluation.worseInARow > (this.training.options?.patience ?? Infinity);
  }

  private report(loss: number, share = this.share()): void {
    const metric = this.evaluation?.latest;
    this.training.onProgress?.({ stage: 'retriever', done: Math.min(this.total, Math.round(share * this.total)), total: this.total, loss, ...(metric === undefined ? {} : { metric }) });
  }
}

function nothingToLearn(): DomainError {
  return new DomainError('FAILED_PRECONDITION', 'NOTHING_TO_LEARN', 'No sequence has two items, so there is no next item to predict. Collect more events first.');
}
