const encoder = new TextEncoder();
let buffer = new Uint8Array(4096);
let view = new DataView(buffer.buffer);

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function finalMix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function encode(text: string): number {
  const needed = text.length * 3 + 16;
  if (needed > buffer.length) {
    buffer = new Uint8Array(needed);
    view = new DataView(buffer.buffer);
  }
  return encoder.encodeInto(text, buffer).written;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/** 64 bits as two unsigned 32-bit halves; equal exactly when both halves are. */
export interface Hash64 {
  readonly lo: number;
  readonly hi: number;
}

/**
 * Hash of a string's UTF-8 bytes: the first 64 bits of MurmurHash3_x86_128 with seed 0 (Appleby 2011), `lo` its first and
 * `hi` its second 32-bit word.
 */
export function hash64(text: string): Hash64 {
  const length = encode(text);
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const blocks = length >>> 4;
  for (let i = 0; i < blocks; i++) {
    const at = i << 4;
    h1 ^= Math.imul(rotate(Math.imul(view.getInt32(at, true), C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 4, true), C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 8, true), C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 12, true), C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }

  const tail = length & 15;
  const at = blocks << 4;
  buffer.fill(0, length, at + 16);
  if (tail > 12) h4 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 12, true), C4), 18), C1);
  if (tail > 8) h3 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 8, true), C3), 17), C4);
  if (tail > 4) h2 ^= Math.imul(rotate(Math.imul(view.getInt32(at + 4, true), C2), 16), C3);
  if (tail > 0) h1 ^= Math.imul(rotate(Math.imul(view.getInt32(at, true), C1), 15), C2);

  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h3 = finalMix(h3);
  h4 = finalMix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  return { lo: h1 >>> 0, hi: h2 >>> 0 };
}
