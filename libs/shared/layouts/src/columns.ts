/** Columns travel as little-endian bytes; these views copy only when the bytes are not aligned. */

function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes); // Buffer's own slice() is no copy.
}

/** Bytes of a typed array, not copied. */
export function bytesOf(column: Float32Array | Float64Array | Int32Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

export function int32sOf(bytes: Uint8Array): Int32Array {
  const from = aligned(bytes, 4);
  return new Int32Array(from.buffer, from.byteOffset, from.byteLength >>> 2);
}

export function uint16sOf(bytes: Uint8Array): Uint16Array {
  const from = aligned(bytes, 2);
  return new Uint16Array(from.buffer, from.byteOffset, from.byteLength >>> 1);
}

export function float32sOf(bytes: Uint8Array): Float32Array {
  const from = aligned(bytes, 4);
  return new Float32Array(from.buffer, from.byteOffset, from.byteLength >>> 2);
}

export function float64sOf(bytes: Uint8Array): Float64Array {
  const from = aligned(bytes, 8);
  return new Float64Array(from.buffer, from.byteOffset, from.byteLength >>> 3);
}
