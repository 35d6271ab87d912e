import { BestRows } from '../neighbours/best-rows.js';
import { throwIfCancelled, type CancelSignal, type OnProgress } from '../progress.js';
import { checkSequences, type Sequences } from '../sequences.js';
import { countMeetings, type MeetingCounts } from './meeting-counts.js';
import { solveRidge } from './ridge.js';

export interface TasteOptions {
  /** The most popular items, which it is about, at most; default 4,096: a square table of them is counted. */
  readonly items?: number;
  /** How many items speak for each; default 64. */
  readonly width?: number;
  /** The ridge, in times the people of an item on average; default 1. */
  readonly ridge?: number;
  /** Different items of one person that count at most, the newest; default 1,000. */
  readonly most?: number;
}

export interface TasteTask {
  readonly sequences: Sequences;
  readonly itemCount: number;
  readonly options?: TasteOptions;
  readonly onProgress?: OnProgress;
  readonly signal?: CancelSignal;
}

/** For each place an item; for each place the places that speak for it, -1 ending a row early, and how much. */
export interface TasteWeights {
  readonly items: Int32Array;
  readonly width: number;
  readonly ids: Int32Array;
  readonly weights: Float32Array;
}

/** An item of one person alone says nothing of others. */
const LEAST_PEOPLE = 2;

/**
 * What people who have had some items tend to have, too: for each item the ridge regression of having it on having each of the items that are nearest
 * by cosine (Ning & Karypis 2011, SLIM with feature selection; on all items it is EASE, Steck 2019). The order of events plays no part.
 */
export function buildTaste({ sequences, itemCount, options = {}, onProgress, signal }: TasteTask): TasteWeights {
  checkSequences(sequences, itemCount);
  const items = mostPopular(sequences, itemCount, options.items ?? 4096);
  const placeOf = new Int32Array(itemCount).fill(-1);
  items.forEach((item, place) => { placeOf[item] = place; });
  const meetings = countMeetings(sequences, { placeOf, size: items.length, most: options.most ?? 1000 });
  const width = Math.max(1, Math.min(options.width ?? 64, items.length - 1));
  const { ids } = nearest(meetings, width);
  const regression = new Regression(meetings, { width, ridge: (options.ridge ?? 1) * meanPeople(meetings) });
  const weights = new Float32Array(ids.length);
  for (let place = 0; place < items.length; place++) {
    if (place % 256 === 0) {
      throwIfCancelled(signal);
      onProgress?.({ stage: 'taste', done: place, total: items.length });
    }
    regression.solve(place, ids.subarray(place * width, (place + 1) * width), weights.subarray(place * width, (place + 1) * width));
  }
  onProgress?.({ stage: 'taste', done: items.length, total: items.length });
  return { items, width, ids, weights };
}

/** The items that most people have had, most first. */
function mostPopular({ items, offsets }: Sequences, itemCount: number, most: number): Int32Array {
  const people = new Int32Array(itemCount);
  const lastPerson = new Int32Array(itemCount).fill(-1);
  for (let person = 0; person < offsets.length - 1; person++) {
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
      if (lastPerson[items[i]!] === person) continue;
      lastPerson[items[i]!] = person;
      people[items[i]!]!++;
    }
  }
  const known = Int32Array.from({ length: itemCount }, (_, item) => item).filter((item) => people[item]! >= LEAST_PEOPLE);
  return known.sort((a, b) => people[b]! - people[a]! || a - b).subarray(0, most);
}

function meanPeople({ counts, size }: MeetingCounts): number {
  let sum = 0;
  for (let place = 0; place < size; place++) sum += counts[place * size + place]!;
  return size === 0 ? 1 : sum / size;
}

/** The places whose people are most alike each place's. */
function nearest({ counts, size }: MeetingCounts, width: number): { readonly ids: Int32Array } {
  const inverse = Float64Array.from({ length: size }, (_, place) => 1 / Math.sqrt(Math.max(1, counts[place * size + place]!)));
  const rows = new BestRows(size, width);
  for (let place = 0; place < size; place++) {
    for (let other = 0, row = place * size; other < size; other++) {
      const count = counts[row + other]!;
      if (other !== place && count > 0) rows.add(other, count * inverse[other]!);
    }
    rows.finishRow(place);
  }
  return rows.table();
}

/** Solves one item after the other in the same memory. */
class Regression {
  private readonly matrix: Float64Array;
  private readonly vector: Float64Array;

  constructor(private readonly meetings: MeetingCounts, private readonly options: { readonly width: number; readonly ridge: number }) {
    this.matrix = new Float64Array(options.width ** 2);
    this.vector = new Float64Array(options.width);
  }

  /** Writes the weights of the places in `ids`, up to the first -1, for `place`. */
  solve(place: number, ids: Int32Array, weights: Float32Array): void {
    const { meetings: { counts, size }, options: { ridge }, matrix, vector } = this;
    const end = ids.indexOf(-1);
    const length = end < 0 ? ids.length : end;
    for (let row = 0; row < length; row++) {
      const from = ids[row]! * size;
      for (let column = 0; column <= row; column++) matrix[row * length + column] = counts[from + ids[column]!]!;
      vector[row] = counts[from + place]!;
    }
    solveRidge(matrix, vector, { size: length, ridge });
    for (let i = 0; i < length; i++) weights[i] = vector[i]!;
  }
}
