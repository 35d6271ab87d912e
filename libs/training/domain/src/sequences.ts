import { DomainError } from '@serendip/shared-errors';

/**
 * Interaction histories in compressed rows: sequence s is `items[offsets[s] … offsets[s + 1])`, dense item indices in
 * [0, itemCount), oldest first. `weights`, one per position, is how strongly that event counts as a thing to predict
 * (default 1; 0 keeps the event as context only).
 */
export interface Sequences {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  readonly weights?: Float32Array;
}

/** A held-out part: `histories` are what was known, `targets` what then happened, sequence by sequence. */
export interface HeldOut {
  readonly histories: Sequences;
  readonly targets: Sequences;
}

export function sequenceCount(sequences: Sequences): number {
  return sequences.offsets.length - 1;
}

/** Throws INVALID_ARGUMENT (`BAD_SEQUENCES`) unless offsets ascend over all items and every item is in [0, itemCount). */
export function checkSequences({ offsets, items, weights }: Sequences, itemCount: number): void {
  const fail = (what: string): never => {
    throw new DomainError('INVALID_ARGUMENT', 'BAD_SEQUENCES', what);
  };
  if (offsets.length === 0 || offsets[0] !== 0 || offsets.at(-1) !== items.length) fail('Offsets must begin at 0 and end at the number of items.');
  for (let s = 1; s < offsets.length; s++) if (offsets[s]! < offsets[s - 1]!) fail(`The offset of sequence ${s} is below the one before it.`);
  for (let i = 0; i < items.length; i++) {
    if (!(items[i]! >= 0 && items[i]! < itemCount)) fail(`Item ${items[i]} at position ${i} is outside 0 … ${itemCount - 1}.`);
  }
  if (weights === undefined) return;
  if (weights.length !== items.length) fail(`There are ${weights.length} weights for ${items.length} items.`);
  for (let i = 0; i < weights.length; i++) if (!(weights[i]! >= 0 && weights[i]! < Infinity)) fail(`Weight ${weights[i]} at position ${i} is not a finite number of at least 0.`);
}

/** How often each item occurs. */
export function itemCounts(sequences: Sequences, itemCount: number): Float64Array {
  const counts = new Float64Array(itemCount);
  for (const item of sequences.items) counts[item]!++;
  return counts;
}

/**
 * The sequences without immediate repeats of an item (a view, then a click, then a purchase of it are one position, with
 * the greatest of their weights). The lag-filter encoder skips immediate repeats in the same way.
 */
export function collapseRepeats(sequences: Sequences): Sequences {
  const count = sequenceCount(sequences);
  const offsets = new Int32Array(count + 1);
  const items = new Int32Array(sequences.items.length);
  const weights = sequences.weights === undefined ? undefined : new Float32Array(items.length);
  let length = 0;
  for (let s = 0; s < count; s++) {
    for (let i = sequences.offsets[s]!; i < sequences.offsets[s + 1]!; i++) {
      const item = sequences.items[i]!;
      const repeated = length > offsets[s]! && items[length - 1] === item;
      const at = repeated ? length - 1 : length++;
      items[at] = item;
      if (weights !== undefined) weights[at] = Math.max(repeated ? weights[at]! : 0, sequences.weights![i]!);
    }
    offsets[s + 1] = length;
  }
  return { offsets, items: items.subarray(0, length), ...(weights === undefined ? {} : { weights: weights.subarray(0, length) }) };
}

/** Cuts the last `count` items of each sequence off; sequences too short to keep one item are kept whole, with no target. */
export function holdOutLast(sequences: Sequences, count = 1): HeldOut {
  const cut = new Int32Array(sequenceCount(sequences));
  for (let s = 0; s < cut.length; s++) {
    const start = sequences.offsets[s]!;
    const end = sequences.offsets[s + 1]!;
    cut[s] = end - start > count ? end - count : end;
  }
  return {
    histories: slices(sequences, sequences.offsets, cut),
    targets: slices(sequences, cut, sequences.offsets.subarray(1)),
  };
}

function slices(sequences: Sequences, starts: Int32Array, ends: Int32Array): Sequences {
  const count = sequenceCount(sequences);
  const offsets = new Int32Array(count + 1);
  for (let s = 0; s < count; s++) offsets[s + 1] = offsets[s]! + ends[s]! - starts[s]!;
  const items = new Int32Array(offsets[count]!);
  const weights = sequences.weights === undefined ? undefined : new Float32Array(items.length);
  for (let s = 0; s < count; s++) {
    items.set(sequences.items.subarray(starts[s], ends[s]), offsets[s]);
    weights?.set(sequences.weights!.subarray(starts[s], ends[s]), offsets[s]);
  }
  return { offsets, items, ...(weights === undefined ? {} : { weights }) };
}

/** The items of one sequence, newest first, as the encoders take them. */
export function newestFirst({ offsets, items }: Sequences, sequence: number): Int32Array {
  return items.slice(offsets[sequence], offsets[sequence + 1]).reverse();
}

/** At most `limit` cases, evenly spread over all that have a target. */
export function someCases({ histories, targets }: HeldOut, limit: number): HeldOut {
  const withTarget = Int32Array.from({ length: sequenceCount(targets) }, (_, one) => one).filter((one) => targets.offsets[one + 1]! > targets.offsets[one]!);
  const count = Math.min(limit, withTarget.length);
  const chosen = Int32Array.from({ length: count }, (_, i) => withTarget[Math.floor((i * withTarget.length) / count)]!);
  return { histories: choose(histories, chosen), targets: choose(targets, chosen) };
}

function choose(sequences: Sequences, chosen: Int32Array): Sequences {
  const parts = Array.from(chosen, (one) => sequences.items.subarray(sequences.offsets[one], sequences.offsets[one + 1]));
  const offsets = new Int32Array(parts.length + 1);
  parts.forEach((part, i) => { offsets[i + 1] = offsets[i]! + part.length; });
  const items = new Int32Array(offsets[parts.length]!);
  parts.forEach((part, i) => items.set(part, offsets[i]));
  return { offsets, items };
}
