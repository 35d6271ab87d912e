import { DomainError } from '@serendip/shared-errors';

export type NpyData = Float32Array | Float64Array | Int32Array;

export interface NpyArray {
  readonly data: NpyData;
  /** C order. */
  readonly shape: readonly number[];
}

const kinds = [
  { descr: '<f4', make: Float32Array, bytes: 4 }, { descr: '<f8', make: Float64Array, bytes: 8 }, { descr: '<i4', make: Int32Array, bytes: 4 },
] as const;

const MAGIC = '\x93NUMPY';

/** A NumPy file (format 1.0): little-endian, C order. */
export function encodeNpy({ data, shape }: NpyArray): Uint8Array {
  const { descr } = kinds.find(({ make }) => data.constructor.name === make.name)!;
  if (shape.reduce((product, size) => product * size, 1) !== data.length) throw new RangeError(`${data.length} values have not the shape ${shape.join('×')}.`);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const out = Buffer.alloc(10 + padded.length + data.byteLength);
  out.write(MAGIC, 0, 'latin1');
  out[6] = 1;
  out.writeUInt16LE(padded.length, 8);
  out.write(padded, 10, 'latin1');
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return out;
}

/** Reads a NumPy file of float32, float64 or int32. Throws INVALID_ARGUMENT/NPY_INVALID for any other. */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const invalid = (why: string): DomainError => new DomainError('INVALID_ARGUMENT', 'NPY_INVALID', `This is not a usable .npy file: ${why}.`);
  if (file.length < 10 || file.toString('latin1', 0, 6) !== MAGIC) throw invalid('it does not begin like one');
  const wide = file[6]! >= 2;
  const start = wide ? 12 : 10;
  if (file.length < start) throw invalid('it is cut short');
  const headerBytes = wide ? file.readUInt32LE(8) : file.readUInt16LE(8);
  const header = file.toString('latin1', start, start + headerBytes);
  const kind = kinds.find(({ descr }) => header.includes(`'descr': '${descr}'`));
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1]?.split(',').map((size) => size.trim()).filter((size) => size !== '').map(Number);
  if (kind === undefined) throw invalid('its dtype is none of <f4, <f8, <i4');
  if (shape === undefined || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) throw invalid('it has no shape');
  if (!header.includes("'fortran_order': False")) throw invalid('it is in Fortran order: save numpy.ascontiguousarray of it');
  const length = shape.reduce((product, size) => product * size, 1);
  if (file.length !== start + headerBytes + length * kind.bytes) throw invalid('its length does not fit its shape');
  const copy = Uint8Array.prototype.slice.call(file, start + headerBytes);
  return { data: new kind.make(copy.buffer, copy.byteOffset, length), shape };
}
