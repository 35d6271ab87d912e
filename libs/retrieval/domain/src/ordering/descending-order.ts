const RADIX_BITS = 11;
const BUCKETS = 1 << RADIX_BITS;
const PASSES = 3;
const EXPONENT = 0x7f800000;
const NEGATIVE_ZERO = -0x80000000;
const LAST = 0xffffffff;
const counts = new Uint32Array(PASSES * BUCKETS);

/** Unsigned bits that sort ascending where the number sorts descending; NaN and infinities come last. */
function sortableBits(keys: Float32Array): Uint32Array {
  const bits = new Uint32Array(keys.length);
  const words = new Int32Array(keys.buffer, keys.byteOffset, keys.length);
  for (let i = 0; i < bits.length; i++) {
    const word = words[i]! === NEGATIVE_ZERO ? 0 : words[i]!;
    bits[i] = (word & EXPONENT) === EXPONENT ? LAST : ~(word ^ ((word >> 31) | 0x80000000));
  }
  return bits;
}

/** Indices of the keys, highest first; equal keys keep their order, NaN and infinities come last. A radix sort: O(n). */
export function descendingOrder(keys: Float32Array): Int32Array {
  const size = keys.length;
  let bits: Uint32Array = sortableBits(keys);
  let order: Int32Array = new Int32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;

  counts.fill(0);
  for (let i = 0; i < size; i++) {
    const word = bits[i]!;
    counts[word & (BUCKETS - 1)]!++;
    counts[BUCKETS + ((word >>> RADIX_BITS) & (BUCKETS - 1))]!++;
    counts[2 * BUCKETS + (word >>> (2 * RADIX_BITS))]!++;
  }

  let nextBits: Uint32Array = new Uint32Array(size);
  let nextOrder: Int32Array = new Int32Array(size);
  for (let pass = 0; pass < PASSES; pass++) {
    const base = pass * BUCKETS;
    const shift = pass * RADIX_BITS;
    for (let bucket = 0, start = 0; bucket < BUCKETS; bucket++) {
      const count = counts[base + bucket]!;
      counts[base + bucket] = start;
      start += count;
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
  return order;
}
