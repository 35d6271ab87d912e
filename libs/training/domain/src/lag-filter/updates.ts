import { Adam } from '../adam.js';
import { GradientRows } from '../gradient-rows.js';
import type { LagFilterBatch, LagFilterGradients, LagFilterParameters, LagFilterShape } from './shape.js';

/** Moves the parameters against a batch's gradients: lazy Adam on the rows that took part, Adam on the rest. */
export class LagFilterUpdates {
  private readonly inRows: GradientRows;
  private readonly outRows: GradientRows;
  private readonly biasRows: GradientRows;
  private readonly dense: readonly (readonly ['lagWeights' | 'w1' | 'b1' | 'w2', Adam])[];
  private readonly itemIn: Adam;
  private readonly itemOut: Adam;
  private readonly bias: Adam;

  constructor(private readonly shape: LagFilterShape, private readonly parameters: LagFilterParameters) {
    const { itemCount, dimension, lags, chunks, steps, negatives } = shape;
    const targets = chunks * steps + negatives;
    this.inRows = new GradientRows(itemCount, dimension, chunks * (lags - 1 + steps));
    this.outRows = new GradientRows(itemCount, dimension, targets);
    this.biasRows = new GradientRows(itemCount, 1, targets);
    this.itemIn = new Adam(itemCount * dimension);
    this.itemOut = new Adam(itemCount * dimension);
    this.bias = new Adam(itemCount);
    this.dense = (['lagWeights', 'w1', 'b1', 'w2'] as const).map((name) => [name, new Adam(parameters[name].length)] as const);
  }

  apply(batch: LagFilterBatch, gradients: LagFilterGradients, rate: number): void {
    const { parameters } = this;
    const { dimension, itemCount } = this.shape;
    this.collect(batch, gradients);
    this.itemIn.updateRows(parameters.itemIn, this.inRows.rows, this.inRows.values, { count: this.inRows.count, width: dimension, rate });
    this.itemOut.updateRows(parameters.itemOut, this.outRows.rows, this.outRows.values, { count: this.outRows.count, width: dimension, rate });
    this.bias.updateRows(parameters.bias, this.biasRows.rows, this.biasRows.values, { count: this.biasRows.count, width: 1, rate });
    for (const [name, adam] of this.dense) adam.update(parameters[name], gradients[name], rate);
    parameters.itemIn.fill(0, itemCount * dimension);
  }

  private collect(batch: LagFilterBatch, gradients: LagFilterGradients): void {
    const { inRows, outRows, biasRows } = this;
    const { dimension, itemCount } = this.shape;
    inRows.clear();
    outRows.clear();
    biasRows.clear();
    for (let i = 0; i < batch.inputs.length; i++) {
      const item = batch.inputs[i]!;
      if (item !== itemCount) inRows.add(item, gradients.inputs, i * dimension);
    }
    for (let row = 0; row < batch.positives.length; row++) {
      if (batch.weights[row] === 0) continue;
      outRows.add(batch.positives[row]!, gradients.positives, row * dimension);
      biasRows.add(batch.positives[row]!, gradients.positiveBias, row);
    }
    for (let i = 0; i < batch.negatives.length; i++) {
      outRows.add(batch.negatives[i]!, gradients.negatives, i * dimension);
      biasRows.add(batch.negatives[i]!, gradients.negativeBias, i);
    }
  }
}
