import type { NeighbourTable } from '../encoders/neighbours.js';
import type { RetrieverParts } from '../retrievers/retriever-model.js';
import { randomNumbers } from '../random-numbers.js';

export interface RandomRetrieverOptions {
  readonly reference?: string;
  readonly seed?: number;
  readonly dimension?: number;
  readonly neighbours?: number;
}

/** A retriever of these items with random weights, the same for the same seed. */
export function randomRetriever(items: readonly string[], { reference = 'cf@1', seed = 1, dimension = 8, neighbours = 4 }: RandomRetrieverOptions = {}): RetrieverParts {
  const random = randomNumbers(seed);
  const floats = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, () => (random() - 0.5) * scale);
  const lags = 10;
  const hidden = 6;
  const table = (): NeighbourTable => {
    const width = Math.min(neighbours, Math.max(1, items.length));
    const ids = Int32Array.from({ length: items.length * width }, () => Math.floor(random() * items.length));
    for (let row = 0; row < items.length; row++) if (random() < 0.2) ids.fill(-1, row * width + Math.floor(random() * width), (row + 1) * width);
    return { width, ids, weights: Float32Array.from(ids, () => random() + 0.01) };
  };
  return {
    reference, items,
    encoder: {
      dimension, lags, hidden, itemIn: floats(items.length * dimension), lagWeights: floats(lags * dimension, 2), w1: floats(hidden * dimension), b1: floats(hidden), w2: floats(dimension * hidden),
    },
    itemOut: floats(items.length * dimension, 4),
    bias: floats(items.length),
    neighbours: table(),
    similar: table(),
  };
}
