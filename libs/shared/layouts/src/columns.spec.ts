import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, float32sOf, float64sOf, int32sOf, uint16sOf } from './index.js';

const kinds = [
  { name: 'int32', of: int32sOf, size: 4, column: fc.array(fc.integer()).map((list) => Int32Array.from(list)) },
  { name: 'uint16', of: uint16sOf, size: 2, column: fc.array(fc.nat(0xffff)).map((list) => Uint16Array.from(list)) },
  { name: 'float32', of: float32sOf, size: 4, column: fc.array(fc.float()).map((list) => Float32Array.from(list)) },
  { name: 'float64', of: float64sOf, size: 8, column: fc.array(fc.double()).map((list) => Float64Array.from(list)) },
] as const;

/** The bytes behind so many others. */
function shifted(bytes: Uint8Array, by: number): Uint8Array {
  const buffer = new Uint8Array(bytes.length + by);
  buffer.set(bytes, by);
  return buffer.subarray(by);
}

describe.each(kinds)('columns of $name', ({ of, size, column }) => {
  it('are the same after they have travelled, at any alignment', () => {
    fc.assert(fc.property(column as fc.Arbitrary<Float64Array>, fc.nat(9), (values, by) => {
      expect(of(shifted(bytesOf(values), by))).toEqual(values);
    }));
  });

  it('are copied only where they are not aligned', () => {
    const bytes = new Uint8Array(4 * size);
    expect(of(bytes.subarray(size)).buffer).toBe(bytes.buffer);
    expect(of(bytes.subarray(1)).buffer).not.toBe(bytes.buffer);
    // Its own slice() is no copy.
    expect(of(Buffer.from(bytes.buffer).subarray(1)).buffer).not.toBe(bytes.buffer);
  });

  it('are little-endian, and whole: bytes that are no whole value are left out', () => {
    const bytes = new Uint8Array(size + 1);
    new DataView(bytes.buffer)[size === 2 ? 'setUint16' : 'setInt32'](0, 258, true);
    const values = of(bytes);
    expect(values).toHaveLength(1);
    if (size !== 8 && of !== float32sOf) expect(values[0]).toBe(258);
  });
});

describe('bytesOf', () => {
  it('shows the column itself', () => {
    const values = Int32Array.of(1, 2, 3).subarray(1);
    const bytes = bytesOf(values);
    bytes[0] = 7;
    expect([...values]).toEqual([7, 3]);
    expect(bytes).toHaveLength(8);
  });
});
