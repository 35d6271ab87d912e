import type { AliasSampler } from '../alias-sampler.js';
import type { Random } from '../random.js';
import { sequenceCount, type Sequences } from '../sequences.js';
import type { LagFilterBatch, LagFilterShape } from './shape.js';

/** `learn` predicts every item after the first; `skip` only those the history has not had before. */
export type RepeatTargets = 'learn' | 'skip';

export interface LagFilterBatchOptions {
  readonly shape: LagFilterShape;
  readonly sampler: AliasSampler;
  readonly random: Random;
  /** Share of hidden units left out of each row. */
  readonly dropout: number;
  /** Share of the items of the histories left out. */
  readonly itemDropout: number;
  readonly repeatTargets: RepeatTargets;
}

/** Cuts sequences into stretches of `steps` predictions and deals them out in batches, in a new order every epoch. */
export class LagFilterBatches {
  /** Predictions with a weight above 0. */
  readonly positions: number;
  readonly perEpoch: number;
  private readonly weights: Float32Array;
  /** Per chunk: where its sequence starts, its first prediction, and the end of its last, as positions in `items`. */
  private readonly chunks: Int32Array;
  private readonly order: Int32Array;
  private readonly batch: LagFilterBatch;
  private next = 0;

  constructor(private readonly sequences: Sequences, private readonly options: LagFilterBatchOptions) {
    const { shape } = options;
    this.weights = targetWeights(sequences, shape.itemCount, options.repeatTargets);
    this.positions = this.weights.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
    this.chunks = cut(sequences, this.weights, shape.steps);
    this.order = Int32Array.from({ length: this.chunks.length / 3 }, (_, chunk) => chunk);
    this.perEpoch = Math.ceil(this.order.length / shape.chunks);
    const rows = shape.chunks * shape.steps;
    this.batch = {
      inputs: new Int32Array(shape.chunks * (shape.lags - 1 + shape.steps)),
      positives: new Int32Array(rows),
      weights: new Float32Array(rows),
      negatives: new Int32Array(shape.negatives),
      negativeLogs: new Float32Array(shape.negatives),
      dropout: new Float32Array(rows * shape.hidden),
    };
  }

  /** The next batch; its arrays are reused by the one after it. */
  take(): LagFilterBatch {
    const { shape, random } = this.options;
    if (this.next === 0) random.shuffle(this.order);
    this.batch.inputs.fill(shape.itemCount);
    this.batch.positives.fill(0);
    this.batch.weights.fill(0);
    const count = Math.min(shape.chunks, this.order.length - this.next);
    for (let slot = 0; slot < count; slot++) this.fill(slot, this.order[this.next + slot]!);
    this.next = this.next + count === this.order.length ? 0 : this.next + count;
    this.dropItems();
    this.normalise();
    this.drawNegatives();
    this.drawDropout();
    return this.batch;
  }

  private fill(slot: number, chunk: number): void {
    const { lags, steps } = this.options.shape;
    const { inputs, positives, weights } = this.batch;
    const start = this.chunks[chunk * 3]!;
    const first = this.chunks[chunk * 3 + 1]!;
    const end = this.chunks[chunk * 3 + 2]!;
    const oldest = Math.max(start, first - lags);
    const at = slot * (lags - 1 + steps) + lags - (first - oldest);
    inputs.set(this.sequences.items.subarray(oldest, end - 1), at);
    positives.set(this.sequences.items.subarray(first, end), slot * steps);
    weights.set(this.weights.subarray(first, end), slot * steps);
  }

  private dropItems(): void {
    const { itemDropout, random, shape } = this.options;
    if (itemDropout === 0) return;
    const { inputs } = this.batch;
    for (let i = 0; i < inputs.length; i++) if (random.unit() < itemDropout) inputs[i] = shape.itemCount;
  }

  private normalise(): void {
    const { weights } = this.batch;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let row = 0; row < weights.length; row++) weights[row]! /= total;
  }

  private drawNegatives(): void {
    const { sampler, random } = this.options;
    const { negatives, negativeLogs } = this.batch;
    for (let i = 0; i < negatives.length; i++) {
      const item = sampler.next(random);
      negatives[i] = item;
      negativeLogs[i] = Math.log(sampler.probabilities[item]! * negatives.length);
    }
  }

  /** Eight bits decide each unit, so the share is rounded to 1/256. */
  private drawDropout(): void {
    const { dropout, random } = this.options;
    const mask = this.batch.dropout;
    const threshold = Math.round(dropout * 256);
    const kept = 256 / (256 - threshold);
    for (let i = 0; i < mask.length; i += 4) {
      const bits = random.bits();
      mask[i] = (bits & 255) < threshold ? 0 : kept;
      mask[i + 1] = ((bits >>> 8) & 255) < threshold ? 0 : kept;
      mask[i + 2] = ((bits >>> 16) & 255) < threshold ? 0 : kept;
      mask[i + 3] = bits >>> 24 < threshold ? 0 : kept;
    }
  }
}

function targetWeights(sequences: Sequences, itemCount: number, repeats: RepeatTargets): Float32Array {
  const weights = sequences.weights?.slice() ?? new Float32Array(sequences.items.length).fill(1);
  const lastSeenBy = new Int32Array(itemCount).fill(-1);
  for (let s = 0; s < sequenceCount(sequences); s++) {
    for (let i = sequences.offsets[s]!; i < sequences.offsets[s + 1]!; i++) {
      const item = sequences.items[i]!;
      const repeated = lastSeenBy[item] === s;
      lastSeenBy[item] = s;
      if (i === sequences.offsets[s] || (repeated && repeats === 'skip')) weights[i] = 0;
    }
  }
  return weights;
}

function cut(sequences: Sequences, weights: Float32Array, steps: number): Int32Array {
  const chunks: number[] = [];
  for (let s = 0; s < sequenceCount(sequences); s++) {
    const start = sequences.offsets[s]!;
    const end = sequences.offsets[s + 1]!;
    for (let first = start + 1; first < end; first += steps) {
      const last = Math.min(end, first + steps);
      if (weights.subarray(first, last).some((weight) => weight > 0)) chunks.push(start, first, last);
    }
  }
  return Int32Array.from(chunks);
}
