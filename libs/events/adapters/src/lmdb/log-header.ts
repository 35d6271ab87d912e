import { PARTITIONS } from '@serendip/shared-identity';

/**
 * What a log knows of itself, one value: u32 layout version · u32 partitions · u32 epoch · u32 closed cleanly · f64 end of each
 * partition.
 */
export interface LogHeader {
  readonly version: number;
  readonly partitions: number;
  readonly epoch: number;
  readonly clean: boolean;
  /** By partition: the position after the last record, 0 for none. */
  readonly ends: Float64Array;
}

export const HEADER_VERSION = 1;
const FIXED_BYTES = 16;

export const newHeader = (): LogHeader => ({ version: HEADER_VERSION, partitions: PARTITIONS, epoch: 1, clean: false, ends: new Float64Array(PARTITIONS) });

export function encodeHeader({ version, partitions, epoch, clean, ends }: LogHeader): Buffer {
  const bytes = Buffer.alloc(FIXED_BYTES + ends.byteLength);
  bytes.writeUInt32LE(version, 0);
  bytes.writeUInt32LE(partitions, 4);
  bytes.writeUInt32LE(epoch, 8);
  bytes.writeUInt32LE(clean ? 1 : 0, 12);
  ends.forEach((end, partition) => bytes.writeDoubleLE(end, FIXED_BYTES + 8 * partition));
  return bytes;
}

export function decodeHeader(bytes: Uint8Array): LogHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends = Float64Array.from({ length: (bytes.byteLength - FIXED_BYTES) >>> 3 }, (_, partition) => view.getFloat64(FIXED_BYTES + 8 * partition, true));
  return { version: view.getUint32(0, true), partitions: view.getUint32(4, true), epoch: view.getUint32(8, true), clean: view.getUint32(12, true) === 1, ends };
}
