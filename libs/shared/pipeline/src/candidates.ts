import { descendingOrder } from './descending-order.js';

/** Candidates of one request as parallel columns of the same length; `alive` says which are still in. */
export interface Candidates {
  readonly ordinal: Int32Array;
  /** What the order is decided by; higher is better. NaN and infinities sink. */
  readonly score: Float32Array;
  /** Bit i is set when the pipeline's i-th source found it. */
  readonly source: Uint16Array;
  /** 1 while the candidate is in. */
  readonly alive: Uint8Array;
}

/** What one source found, best first, each once. */
export interface Found {
  readonly ordinal: Int32Array;
  readonly score: Float32Array;
}

export const NOTHING: Found = { ordinal: new Int32Array(0), score: new Float32Array(0) };

export function countAlive({ alive }: Candidates): number {
  let count = 0;
  for (const bit of alive) count += bit;
  return count;
}

/**
 * Merges what sources found into one list without repeats, in the order of sources and of each source's own list; a
 * candidate keeps the score of the first source that found it and has the bit of every source that did.
 */
export function mergeFound(found: readonly Found[]): Candidates {
  const [only] = found;
  if (found.length === 1) return { ordinal: only!.ordinal, score: only!.score.slice(), source: new Uint16Array(only!.score.length).fill(1), alive: new Uint8Array(only!.score.length).fill(1) };
  const total = found.reduce((sum, { ordinal }) => sum + ordinal.length, 0);
  const ordinal = new Int32Array(total);
  const score = new Float32Array(total);
  const source = new Uint16Array(total);
  const placeOf = new Map<number, number>();
  let size = 0;
  found.forEach((list, bit) => {
    for (let i = 0; i < list.ordinal.length; i++) {
      const candidate = list.ordinal[i]!;
      let place = placeOf.get(candidate);
      if (place === undefined) {
        place = size++;
        placeOf.set(candidate, place);
        ordinal[place] = candidate;
        score[place] = list.score[i]!;
      }
      source[place]! |= 1 << bit;
    }
  });
  return {
    ordinal: ordinal.subarray(0, size), score: score.subarray(0, size), source: source.subarray(0, size), alive: new Uint8Array(size).fill(1),
  };
}

/** Indices of the candidates that are alive, best score first; ties keep their order, NaN and infinities come last. */
export function byScore({ score, alive }: Candidates): Int32Array {
  const order = descendingOrder(score);
  return alive.includes(0) ? order.filter((i) => alive[i] === 1) : order;
}
