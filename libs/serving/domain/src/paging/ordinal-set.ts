/**
 * A set of ordinals as few bytes: the gaps between them in order, Rice-coded (R. F. Rice, 1979): a gap's high bits in unary, its low `k` bits as
 * they are, with the `k` that suits the mean gap. About log2(highest / count) + 1.5 bits each.
 *
 *   u16 count · u8 k · bits, least significant first, the last byte filled with zeros
 */
const HEADER_BYTES = 3;

/** @param ordinals ascending, distinct, from 0; at most 65,535. */
export function encodeOrdinals(ordinals: readonly number[]): Uint8Array {
  const gaps = ordinals.map((ordinal, i) => ordinal - (i === 0 ? 0 : ordinals[i - 1]! + 1));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length);
  const k = mean < 1 ? 0 : Math.min(30, Math.floor(Math.log2(mean)));
  const bits = gaps.reduce((sum, gap) => sum + Math.floor(gap / 2 ** k) + 1 + k, 0);
  const bytes = new Uint8Array(HEADER_BYTES + Math.ceil(bits / 8));
  bytes.set([ordinals.length & 0xff, ordinals.length >>> 8, k]);
  let at = HEADER_BYTES * 8;
  const put = (bit: number): void => {
    bytes[at >>> 3]! |= bit << (at & 7);
    at++;
  };
  for (const gap of gaps) {
    for (let high = Math.floor(gap / 2 ** k); high > 0; high--) put(1);
    put(0);
    for (let bit = 0; bit < k; bit++) put((gap >>> bit) & 1);
  }
  return bytes;
}

/** What was encoded, ascending. Throws RangeError for bytes that are no such set. */
export function decodeOrdinals(bytes: Uint8Array): number[] {
  if (bytes.length < HEADER_BYTES) throw new RangeError('This set of ordinals is cut short.');
  const count = bytes[0]! | (bytes[1]! << 8);
  const k = bytes[2]!;
  let at = HEADER_BYTES * 8;
  const take = (): number => {
    if (at >= bytes.length * 8) throw new RangeError('This set of ordinals is cut short.');
    const bit = (bytes[at >>> 3]! >>> (at & 7)) & 1;
    at++;
    return bit;
  };
  let next = 0;
  return Array.from({ length: count }, () => {
    let gap = 0;
    while (take() === 1) gap++;
    gap *= 2 ** k;
    for (let bit = 0; bit < k; bit++) gap += take() * 2 ** bit;
    const ordinal = next + gap;
    next = ordinal + 1;
    return ordinal;
  });
}
