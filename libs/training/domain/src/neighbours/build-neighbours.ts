import type { NeighbourTable } from '@serendip/retrieval-domain';
import { throwIfCancelled, type CancelSignal, type OnProgress } from '../progress.js';
import { checkSequences, collapseRepeats, type Sequences } from '../sequences.js';
import { BestRows } from './best-rows.js';
import { Meetings } from './meetings.js';
import { Occurrences } from './occurrences.js';

export interface NeighboursOptions {
  /** Neighbours kept of each item; default 100. */
  readonly top?: number;
  /** How many places after an item its neighbours may stand; default 10. */
  readonly ahead?: number;
  /** How many places before it; default 6. */
  readonly back?: number;
  /** Each place further away counts as this share of the one before; default 0.85. */
  readonly distanceDecay?: number;
}

export interface NextItemOptions extends NeighboursOptions {
  /** What stands before an item counts as n ÷ (n + the item's popularity) of what stands after it: evidence where there is little. Default n = 150. */
  readonly backEvidence?: number;
  /** An item's row is divided by its popularity to this power; default 0.5. */
  readonly sourcePower?: number;
  /** A neighbour's weight is divided by its popularity to this power; default 0.3. */
  readonly targetPower?: number;
}

export interface SimilarOptions extends Pick<NeighboursOptions, 'top' | 'distanceDecay'> {
  /** How many places apart two items may stand; default 10. */
  readonly window?: number;
  /** Added to the denominator of the cosine, so that a few chance meetings are not taken for likeness; default 10. */
  readonly shrinkage?: number;
}

export interface NeighboursTask<Options> {
  /** Immediate repeats are collapsed; a position's weight scales what it adds as a neighbour. */
  readonly sequences: Sequences;
  readonly itemCount: number;
  readonly options?: Options;
  readonly onProgress?: OnProgress;
  readonly signal?: CancelSignal;
}

/**
 * What tends to stand around, and above all after, each item: Σ over its occurrences of decay^distance, divided by powers of
 * both popularities. Summed over a user's newest items (`NeighbourScorer`) it scores what comes next.
 */
export function buildNeighbours(task: NeighboursTask<NextItemOptions>): NeighbourTable {
  const { backEvidence = 150, sourcePower = 0.5, targetPower = 0.3 } = task.options ?? {};
  return build(task, 'neighbours', (count) => backEvidence / (backEvidence + count), (counts) => {
    const target = counts.map((count) => count ** -targetPower);
    return (sum, item, other) => sum * counts[item]! ** -sourcePower * target[other]!;
  });
}

/** What stands near each item in either direction, as a cosine with shrinkage: both items' popularity counts alike. */
export function buildSimilar({ options = {}, ...task }: NeighboursTask<SimilarOptions>): NeighbourTable {
  const { window = 10, shrinkage = 10, ...rest } = options;
  return build({ ...task, options: { ...rest, ahead: window, back: window } }, 'similar', () => 1, (counts) =>
    (sum, item, other) => sum / (Math.sqrt(counts[item]! * counts[other]!) + shrinkage));
}

/** The weight of `other` in the row of `item`, from the summed decays of their meetings. */
type Weigh = (sum: number, item: number, other: number) => number;

function build(task: NeighboursTask<NeighboursOptions>, stage: string, backShare: (count: number) => number, weighing: (counts: Float64Array) => Weigh): NeighbourTable {
  const { itemCount, onProgress, signal } = task;
  const { top = 100, ahead = 10, back = 6, distanceDecay = 0.85 } = task.options ?? {};
  checkSequences(task.sequences, itemCount);
  const sequences = collapseRepeats(task.sequences);
  const occurrences = new Occurrences(sequences, itemCount);
  const weigh = weighing(Float64Array.from({ length: itemCount }, (_, item) => occurrences.count(item)));
  const meetings = new Meetings(sequences, occurrences, { itemCount, ahead, back, distanceDecay });
  const rows = new BestRows(itemCount, top);
  for (let item = 0; item < itemCount; item++) {
    if (item % 256 === 0) {
      throwIfCancelled(signal);
      onProgress?.({ stage, done: item, total: itemCount });
    }
    meetings.around(item, backShare(occurrences.count(item)), (other, sum) => rows.add(other, weigh(sum, item, other)));
    rows.finishRow(item);
  }
  onProgress?.({ stage, done: itemCount, total: itemCount });
  return rows.table();
}
