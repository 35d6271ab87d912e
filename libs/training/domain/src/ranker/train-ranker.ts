import { DomainError } from '@serendip/shared-errors';
import { Adam } from '../adam.js';
import { throwIfCancelled, type CancelSignal, type OnProgress } from '../progress.js';
import { Random } from '../random.js';
import { warmUpCosine } from '../schedule.js';
import { checkRankerData, groupRange, type RankerData } from './data.js';
import { startingLayers, type Layers, type RankerEngine, type RankerShape } from './engine.js';
import { scalingOf } from './feature-scaling.js';
import { GroupBatches, type GroupBatch } from './group-batches.js';
import type { RankerMetrics, RankerOptions } from './options.js';
import { rankingLoss } from './ranking-loss.js';
import { headMetrics, headNdcg, probabilities } from './validation.js';

export interface RankerTraining {
  readonly data: RankerData;
  readonly options?: RankerOptions;
  readonly createEngine: (shape: RankerShape) => Promise<RankerEngine>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly onProgress?: OnProgress;
  readonly signal?: CancelSignal;
}

export interface TrainedRanker {
  readonly shape: RankerShape;
  readonly layers: Layers;
  readonly metrics: RankerMetrics;
}

/**
 * Trains a small perceptron to order the candidates of a request and to say how likely each head's label is. The latest
 * groups decide which epoch is kept. Throws INVALID_ARGUMENT (`BAD_RANKER_DATA`), FAILED_PRECONDITION (`NOTHING_TO_LEARN`)
 * when no training group has a label above 0, and CANCELLED (`TRAINING_CANCELLED`).
 */
export async function trainRanker(training: RankerTraining): Promise<TrainedRanker> {
  const { data, options = {} } = training;
  checkRankerData(data);
  const groups = data.offsets.length - 1;
  const held = Math.floor(groups * (options.validationShare ?? 0.15));
  const train = groupRange(data, 0, groups - held);
  const validation = groupRange(data, groups - held, groups);
  if (!train.labels.some((label) => label > 0)) throw new DomainError('FAILED_PRECONDITION', 'NOTHING_TO_LEARN', 'No training group has a label above 0. Collect more events first.');
  const shape: RankerShape = { featureCount: data.featureCount, hidden: options.hidden ?? [64, 32], headCount: data.headCount, scaling: scalingOf(train.features, data.featureCount) };
  const engine = await training.createEngine(shape);
  try {
    const run = new Run(training, { shape, train, validation, engine });
    await run.learn();
    return await run.result();
  } finally {
    await engine.release();
  }
}

interface RunParts {
  readonly shape: RankerShape;
  readonly train: RankerData;
  readonly validation: RankerData;
  readonly engine: RankerEngine;
}

class Run {
  private readonly started: number;
  private readonly batches: GroupBatches;
  private readonly layers: Layers;
  private readonly optimisers: readonly (readonly [Adam, Adam])[];
  private readonly epochs: number;
  private readonly total: number;
  private best: { readonly epoch: number; readonly ndcg: number; readonly layers: Layers } | undefined;
  private gradient = new Float32Array(0);
  private epoch = 0;
  private step = 0;
  private loss = NaN;
  private latest: number | undefined;

  constructor(private readonly training: RankerTraining, private readonly parts: RunParts) {
    const { options = {}, now } = training;
    const { train, shape } = parts;
    const random = new Random(options.seed ?? 1);
    const rows = train.offsets.at(-1)!;
    this.started = now();
    this.batches = new GroupBatches(train, options.batchRows ?? Math.min(8192, Math.max(512, Math.round(rows / 150))), random);
    this.layers = startingLayers(shape, labelRates(train), random);
    this.optimisers = this.layers.map(({ weights, bias }) => [new Adam(weights.length, adam), new Adam(bias.length, adam)] as const);
    this.epochs = options.epochs ?? Math.min(20, Math.max(5, Math.round(3e6 / rows)));
    this.total = this.batches.perEpoch * this.epochs;
  }

  async learn(): Promise<void> {
    const { patience = 3 } = this.training.options ?? {};
    while (this.epoch < this.epochs && this.share() < 1) {
      this.epoch++;
      let sum = 0;
      let groups = 0;
      for (const batch of this.batches.epoch()) {
        throwIfCancelled(this.training.signal);
        const size = batch.offsets.length - 1;
        sum += size * (await this.learnBatch(batch));
        groups += size;
        if (this.step % 16 === 0) this.report(sum / groups);
        if (this.share() >= 1) break;
      }
      this.loss = sum / groups;
      await this.look();
      if (this.epoch - (this.best?.epoch ?? this.epoch) >= patience) break;
    }
    this.report(this.loss, 1);
  }

  async result(): Promise<TrainedRanker> {
    const { shape, train, validation, engine } = this.parts;
    const layers = this.best?.layers ?? this.layers;
    const scores = await probabilities(engine, layers, validation);
    return {
      shape, layers,
      metrics: {
        bestEpoch: this.best?.epoch ?? 0,
        epochs: this.epoch,
        steps: this.step,
        seconds: (this.training.now() - this.started) / 1000,
        loss: this.loss,
        trainingGroups: train.offsets.length - 1,
        validationGroups: validation.offsets.length - 1,
        heads: headMetrics(validation, scores, this.training.options?.baselines ?? []),
      },
    };
  }

  private async learnBatch(batch: GroupBatch): Promise<number> {
    const { engine, shape } = this.parts;
    const { learningRate = 3e-3, listShare = 1 } = this.training.options ?? {};
    const { headCount } = shape;
    if (this.gradient.length < batch.rows * headCount) this.gradient = new Float32Array(batch.rows * headCount);
    const gradient = this.gradient.subarray(0, batch.rows * headCount);
    let loss = 0;
    const gradients = await engine.gradients(this.layers, batch.features, batch.rows, (logits) => {
      loss = rankingLoss({ ...batch, logits, headCount, listShare }, gradient);
      return gradient;
    });
    const rate = warmUpCosine(this.step, { peak: learningRate, warmUp: Math.min(50, this.total / 20), total: this.total }, this.share());
    this.layers.forEach((layer, i) => {
      const [weights, bias] = this.optimisers[i]!;
      weights.update(layer.weights, gradients[i]!.weights, rate);
      bias.update(layer.bias, gradients[i]!.bias, rate);
    });
    this.step++;
    return loss;
  }

  /** Keeps the layers if they order the validation groups better than ever; without labels there, the last are kept. */
  private async look(): Promise<void> {
    const { validation, engine } = this.parts;
    const head = this.training.options?.decidingHead ?? 0;
    if (!validation.labels.some((label, i) => label > 0 && i % validation.headCount === head)) return;
    const ndcg = headNdcg(validation, await probabilities(engine, this.layers, validation), head);
    this.latest = ndcg;
    if (this.best === undefined || ndcg > this.best.ndcg) {
      this.best = { epoch: this.epoch, ndcg, layers: this.layers.map(({ weights, bias }) => ({ weights: weights.slice(), bias: bias.slice() })) };
    }
    this.report(this.loss);
  }

  /** How far training is, by steps or by time, whichever is further. */
  private share(): number {
    const budget = this.training.options?.maxSeconds;
    const bySteps = Math.min(1, this.step / this.total);
    return budget === undefined ? bySteps : Math.max(bySteps, (this.training.now() - this.started) / 1000 / budget);
  }

  private report(loss: number, share = this.share()): void {
    this.training.onProgress?.({ stage: 'ranker', done: Math.min(this.total, Math.round(share * this.total)), total: this.total, loss, ...(this.latest === undefined ? {} : { metric: this.latest }) });
  }
}

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** How often each head's label is set, kept off 0 and 1 so that it has a logit. */
function labelRates({ labels, headCount, offsets }: RankerData): number[] {
  const rows = offsets.at(-1)!;
  const sums = new Float64Array(headCount);
  for (let i = 0; i < labels.length; i++) sums[i % headCount]! += labels[i]!;
  return Array.from(sums, (sum) => (sum + 0.5) / (rows + 1));
}
