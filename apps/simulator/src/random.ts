/** Mixes integers into 32 well-spread bits (murmur3's finaliser over a running sum). */
export function hash32(...values: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const value of values) {
    h = Math.imul(h ^ (value | 0), 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h + 0x7f4a7c15, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/** A standard normal value that is a pure function of its arguments (sum of eight uniform bytes, so it stays within ±4.9). */
export function hashNormal(a: number, b: number, c: number): number {
  const high = hash32(a, b, c);
  const low = hash32(high, c, b);
  let sum = 0;
  for (let shift = 0; shift < 32; shift += 8) sum += ((high >>> shift) & 255) + ((low >>> shift) & 255);
  return (sum - 1020) / 209.0;
}

/** Random numbers from a seed (mulberry32): the same seed gives the same numbers, everywhere. */
export class Random {
  private state: number;

  constructor(...seeds: readonly number[]) {
    this.state = hash32(...seeds);
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Integer in [0, count). */
  int(count: number): number {
    return Math.floor(this.next() * count);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Throws on an empty list. */
  pick<T>(values: readonly T[]): T {
    const value = values[this.int(values.length)];
    if (value === undefined) throw new RangeError('Cannot pick from an empty list.');
    return value;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Index drawn in proportion to its weight; the last index with a weight when rounding leaves a rest. */
  weighted(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i += 1) total += weights[i] ?? 0;
    let rest = this.next() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i += 1) {
      const weight = weights[i] ?? 0;
      if (weight <= 0) continue;
      last = i;
      rest -= weight;
      if (rest < 0) return i;
    }
    return last;
  }

  /** Poisson by inversion; for means up to a few hundred. */
  poisson(mean: number): number {
    let rest = this.next();
    let probability = Math.exp(-mean);
    let count = 0;
    while (rest > probability && count < 1000) {
      rest -= probability;
      count += 1;
      probability *= mean / count;
    }
    return count;
  }

  shuffle<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i -= 1) {
      const j = this.int(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }
}
