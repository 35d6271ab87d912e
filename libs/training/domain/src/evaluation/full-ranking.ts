import { throwIfCancelled, type CancelSignal } from '../progress.js';
import { sequenceCount, type HeldOut } from '../sequences.js';
import { mean } from './ranking-metrics.js';
import { TopList } from './top-list.js';

export interface FullRankingOptions {
  readonly heldOut: HeldOut;
  readonly itemCount: number;
  /** Scores of all items for the cases `cases`, row by row: cases × itemCount. It may be reused for the next call. */
  readonly score: (cases: Int32Array) => Promise<Float32Array> | Float32Array;
  /** Length of the list; default 10. */
  readonly k?: number;
  /** Cases scored in one call; default 128. */
  readonly batch?: number;
  readonly signal?: CancelSignal;
}

export interface FullRanking {
  /** How many cases had a target to find. */
  readonly cases: number;
  readonly hitRate: number;
  readonly ndcg: number;
  /** Per case, in the order of the sequences, those without a target left out. */
  readonly hits: Float32Array;
  readonly ndcgs: Float32Array;
}

/**
 * HR@k and NDCG@k over the whole catalogue: items of the history are masked, targets that are in the history do not count,
 * and a case without a target is left out. With several targets a hit is any of them, and NDCG is against min(targets, k).
 */
export async function evaluateFullRanking({ heldOut, itemCount, score, k = 10, batch = 128, signal }: FullRankingOptions): Promise<FullRanking> {
  const roles = new CaseRoles(heldOut, itemCount);
  const cases = roles.withTargets();
  const hits = new Float32Array(cases.length);
  const ndcgs = new Float32Array(cases.length);
  const top = new TopList(k);
  for (let first = 0; first < cases.length; first += batch) {
    throwIfCancelled(signal);
    const part = cases.subarray(first, first + batch);
    const scores = await score(part);
    for (let i = 0; i < part.length; i++) {
      const targets = roles.mark(part[i]!);
      top.clear();
      for (let item = 0, at = i * itemCount; item < itemCount; item++) {
        const role = roles.of[item]!;
        if (role !== seen) top.add(scores[at + item]!, role === target);
      }
      hits[first + i] = top.hits() > 0 ? 1 : 0;
      ndcgs[first + i] = top.ndcg(targets);
      roles.unmark(part[i]!);
    }
  }
  return { cases: cases.length, hitRate: mean(hits), ndcg: mean(ndcgs), hits, ndcgs };
}

const seen = 1;
const target = 2;

/** What each item is to the case at hand: seen, target or neither. */
class CaseRoles {
  readonly of: Uint8Array;

  constructor(private readonly heldOut: HeldOut, itemCount: number) {
    this.of = new Uint8Array(itemCount);
  }

  withTargets(): Int32Array {
    const cases = new Int32Array(sequenceCount(this.heldOut.targets));
    let count = 0;
    for (let one = 0; one < cases.length; one++) {
      if (this.mark(one) > 0) cases[count++] = one;
      this.unmark(one);
    }
    return cases.subarray(0, count);
  }

  /** Answers how many distinct targets the case has. */
  mark(one: number): number {
    for (const item of itemsOf(this.heldOut.histories, one)) this.of[item] = seen;
    let targets = 0;
    for (const item of itemsOf(this.heldOut.targets, one)) {
      if (this.of[item] !== 0) continue;
      this.of[item] = target;
      targets++;
    }
    return targets;
  }

  unmark(one: number): void {
    for (const item of itemsOf(this.heldOut.histories, one)) this.of[item] = 0;
    for (const item of itemsOf(this.heldOut.targets, one)) this.of[item] = 0;
  }
}

function itemsOf({ offsets, items }: HeldOut['histories'], sequence: number): Int32Array {
  return items.subarray(offsets[sequence], offsets[sequence + 1]);
}
