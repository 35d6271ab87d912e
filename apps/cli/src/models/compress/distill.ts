import { Failure, EXIT } from '../../commands/failure.js';
import type { Slates } from '../../evaluation/slates.js';
import type { ModelFolder } from '../model-folder.js';
import { rankerFeatures, rankerHeads } from '../ranker-scores.js';

/** Rows that are gone through in training, at least and at most of what there is. */
const ROWS_SEEN = 2e6;
const EPOCHS = { least: 20, most: 300 };
const BATCH_ROWS = 512;
const LEAST_SLATES = 20;

export interface Distilled {
  readonly onnx: Uint8Array;
  readonly featureMeans: Float32Array;
}

/**
 * Trains a small network to answer what a ranker answers for slates, head by head (Hinton et al. 2015; Tang & Wang 2018 for ranking): the ranker's probabilities
 * are its labels, both row by row and within each slate. Scores that are no probabilities are brought between 0 and 1 for that, and back in the graph.
 */
export async function distill(teacher: ModelFolder, slates: Slates, hidden: readonly number[]): Promise<Distilled> {
  const count = slates.offsets.length - 1;
  if (count < LEAST_SLATES) throw new Failure(`Only ${count} slates are there to learn from, and ${LEAST_SLATES} are the least: export more, or raise logShare of the placement.`, EXIT.refused);
  const [{ trainRanker }, { scaleOutput }] = await Promise.all([import('@serendip/training-adapters'), import('@serendip/models-adapters')]);
  const { features: names = [], heads = [] } = teacher.model;
  const scores = await rankerHeads(teacher, slates);
  const ranges = heads.map((_, head) => rangeOf(scores.filter((__, i) => i % heads.length === head)));
  const labels = scores.map((score, i) => (score - ranges[i % heads.length]!.from) / ranges[i % heads.length]!.width);
  const rows = slates.offsets.at(-1)!;
  const { onnx, featureMeans } = await trainRanker({
    data: { offsets: slates.offsets, features: await rankerFeatures(teacher, slates), featureCount: names.length, labels, headCount: heads.length },
    options: { hidden, validationShare: 0, batchRows: BATCH_ROWS, epochs: Math.round(Math.min(EPOCHS.most, Math.max(EPOCHS.least, ROWS_SEEN / rows))) },
  });
  if (ranges.every(({ from, width }) => from === 0 && width === 1)) return { onnx, featureMeans };
  return { onnx: scaleOutput(onnx, { output: 'scores', factors: Float32Array.from(ranges, ({ width }) => width), offsets: Float32Array.from(ranges, ({ from }) => from) }), featureMeans };
}

/** Between what the scores are; 0 to 1 for probabilities. */
function rangeOf(scores: Float32Array): { readonly from: number; readonly width: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const score of scores) [least, most] = [Math.min(least, score), Math.max(most, score)];
  if (least >= 0 && most <= 1) return { from: 0, width: 1 };
  return { from: least, width: most > least ? most - least : 1 };
}
