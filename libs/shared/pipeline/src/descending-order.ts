const RADIX_BITS = 11;
const BUCKETS = 1 << RADIX_BITS;
const PASSES = 3;
const EXPONENT = 0x7f800000;
const NEGATIVE_ZERO = -0x80000000;
const LAST = 0xffffffff;
const counts = new Uint32Array(PASSES * BUCKETS);
/** Used again by every call; a call is synchronous. */
let scratch = { bits: new Uint32Array(0), nextBits: new Uint32Array(0), order: new Int32Array(0) };

/** Writes unsigned bits that sort ascending where the number sorts descending; NaN and infinities come last. */
function writeSortable(keys: Float32Array, bits: Uint32Array): void {
  const words = new Int32Array(keys.buffer, keys.byteOffset, keys.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]! === NEGATIVE_ZERO ? 0 : words[i]!;
    bits[i] = (word & EXPONENT) === EXPONENT ? LAST : ~(word ^ ((word >> 31) | 0x80000000));
  }
}

/** Most keys that are spread: counts of more would not stay in the cache. */
const MOST_SPREAD = 2048;
/** Keys in one part of the range, at most, for those to be put in order one by one. */
const MOST_TOGETHER = 16;
const spread = { starts: new Int32Array(MOST_SPREAD + 1), partOf: new Int32Array(MOST_SPREAD), keys: new Float32Array(MOST_SPREAD) };

/** Indices of the keys, highest first; equal keys keep their order, NaN and infinities come last. O(n). */
export function descendingOrder(keys: Float32Array): Int32Array {
  return (keys.length <= MOST_SPREAD ? bySpread(keys) : undefined) ?? byRadix(keys);
}

/**
 * As many equal parts of the keys' range as there are keys, each put in order by insertion: about half of the time that a radix sort of so few takes. Undefined where too many keys are in one part,
 * or one is not finite.
 */
function bySpread(keys: Float32Array): Int32Array | undefined {
  const size = keys.length;
  const order = new Int32Array(size);
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < size; i++) {
    const key = keys[i]!;
    if (!(key - key === 0)) return undefined;
    if (key < least) least = key;
    if (key > most) most = key;
  }
  const perUnit = (size - 1) / (most - least);
  if (!(perUnit < Infinity)) return undefined;
  const { starts, partOf, keys: sorted } = spread;
  for (let part = 0; part <= size; part++) starts[part] = 0;
  for (let i = 0; i < size; i++) {
    const part = ((most - keys[i]!) * perUnit) | 0;
    partOf[i] = part;
    starts[part + 1]!++;
  }
  for (let part = 1; part <= size; part++) {
    if (starts[part]! > MOST_TOGETHER) return undefined;
    starts[part]! += starts[part - 1]!;
  }
  for (let i = 0; i < size; i++) {
    const to = starts[partOf[i]!]!++;
    order[to] = i;
    sorted[to] = keys[i]!;
  }
  for (let i = 1; i < size; i++) {
    const [key, index] = [sorted[i]!, order[i]!];
    let to = i;
    for (; to > 0 && sorted[to - 1]! < key; to--) {
      sorted[to] = sorted[to - 1]!;
      order[to] = order[to - 1]!;
    }
    sorted[to] = key;
    order[to] = index;
  }
  return order;
}

/** A radix sort: O(n), whatever the keys are. */
function byRadix(keys: Float32Array): Int32Array {
  const size = keys.length;
  if (size > scratch.order.length) scratch = { bits: new Uint32Array(size), nextBits: new Uint32Array(size), order: new Int32Array(size) };
  const result = new Int32Array(size);
  let { bits, nextBits } = scratch;
  // An odd number of passes ends in the array that was not the first.
  let order: Int32Array = scratch.order;
  let nextOrder: Int32Array = result;
  writeSortable(keys, bits);
  for (let i = 0; i < size; i++) order[i] = i;
  count(bits, size);

  for (let pass = 0; pass < PASSES; pass++) {
    const base = pass * BUCKETS;
    const shift = pass * RADIX_BITS;
    for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
      const inBucket = counts[base + bucket]!;
      counts[base + bucket] = start;
      start += inBucket;
    }
    for (let i = 0; i < size; i++) {
      const word = bits[i]!;
      const to = counts[base + ((word >>> shift) & (BUCKETS - 1))]!++;
      nextBits[to] = word;
      nextOrder[to] = order[i]!;
    }
    [bits, nextBits] = [nextBits, bits];
    [order, nextOrder] = [nextOrder, order];
  }
  return result;
}

/** Counts how often each digit of each pass occurs. */
function count(bits: Uint32Array, size: number): void {
  counts.fill(0);
  for (let i = 0; i < size; i++) {
    const word = bits[i]!;
    counts[word & (BUCKETS - 1)]!++;
    counts[BUCKETS + ((word >>> RADIX_BITS) & (BUCKETS - 1))]!++;
    counts[2 * BUCKETS + (word >>> (2 * RADIX_BITS))]!++;
  }
}
