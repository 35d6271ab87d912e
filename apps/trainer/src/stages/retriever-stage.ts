import { RetrieverModel, type RetrieverParts } from '@serendip/retrieval-domain';
import { engagementWeight } from '@serendip/shared-layouts';
import { trainLagFilter } from '@serendip/training-adapters';
import { buildNeighbours, buildSimilar, type CancelSignal, type OnProgress } from '@serendip/training-domain';
import { sequencesOf, type History } from '../dataset/history.js';

export interface RetrieverTask {
  readonly history: History;
  /** Most seconds of gradient training. */
  readonly maxSeconds: number;
  readonly onProgress: OnProgress;
  readonly signal: CancelSignal;
}

/** The parts of a retriever but for its reference, which registration gives it. */
export type TrainedRetriever = Omit<RetrieverParts, 'reference'>;

/** How much an event counts as a thing to predict: a purchase more than a look, but not five times. */
const worth = (type: number, value: number): number => Math.sqrt(Math.max(0, engagementWeight(type, value)));

/** Trains the encoder and counts the neighbours of every item. */
export async function trainRetriever({ history, maxSeconds, onProgress, signal }: RetrieverTask): Promise<TrainedRetriever> {
  const itemCount = history.items.length;
  const sequences = sequencesOf(history, worth);
  const task = { sequences, itemCount, onProgress, signal };
  const model = await trainLagFilter({ ...task, options: { maxSeconds } });
  return {
    items: history.items.map(({ id }) => id),
    encoder: model,
    itemOut: model.itemOut,
    bias: model.bias,
    neighbours: buildNeighbours(task),
    similar: buildSimilar(task),
  };
}

/** The same as serving has it. */
export const retrieverModel = (parts: TrainedRetriever, reference: string): RetrieverModel => RetrieverModel.of({ ...parts, reference });
