import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { PARTITIONS } from '@serendip/shared-identity';

/** f64 end of each partition · u32 CRC-32 of them. Written after each flush, in place; read by every process. */
const BYTES = 8 * PARTITIONS + 4;

/** The durable ends of a log as all processes see them. */
export class EndsFile {
  readonly path: string;
  private readonly fd: number;
  private readonly buffer = Buffer.alloc(BYTES);
  private last: Buffer = Buffer.alloc(BYTES);
  private known: readonly number[] = new Array<number>(PARTITIONS).fill(0);

  /** Opens the file, which a writer makes if it is missing. Throws ENOENT for a reader. */
  constructor(directory: string, mode: 'writer' | 'reader') {
    const flags = mode === 'writer' ? constants.O_RDWR | constants.O_CREAT : constants.O_RDONLY;
    this.path = join(directory, 'durable-ends');
    this.fd = openSync(this.path, flags, 0o644);
  }

  /** The ends when they were last read. */
  get lastRead(): readonly number[] {
    return this.known;
  }

  /** The ends now, the same array as long as they are; none goes back. */
  read(): readonly number[] {
    const length = readSync(this.fd, this.buffer, 0, BYTES, 0);
    if (length === BYTES && !this.buffer.equals(this.last) && this.buffer.readUInt32LE(BYTES - 4) === crc32(this.buffer.subarray(0, BYTES - 4))) {
      this.last = Buffer.from(this.buffer);
      const before = this.known;
      this.known = before.map((end, partition) => Math.max(end, this.last.readDoubleLE(8 * partition)));
    }
    return this.known;
  }

  /** Moves the ends up to these. */
  publish(ends: ArrayLike<number>): void {
    const next = this.read().map((end, partition) => Math.max(end, ends[partition]!));
    const bytes = Buffer.alloc(BYTES);
    next.forEach((end, partition) => bytes.writeDoubleLE(end, 8 * partition));
    bytes.writeUInt32LE(crc32(bytes.subarray(0, BYTES - 4)), BYTES - 4);
    writeSync(this.fd, bytes, 0, BYTES, 0);
    this.read();
  }

  /** Whether all processes see ends at least as far as these. */
  shows(ends: ArrayLike<number>): boolean {
    const length = readSync(this.fd, this.buffer, 0, BYTES, 0);
    return length === BYTES && this.known.every((_, partition) => this.buffer.readDoubleLE(8 * partition) >= ends[partition]!);
  }

  /** Forgets the ends of a log that is no more. */
  clear(): void {
    writeSync(this.fd, Buffer.alloc(BYTES), 0, BYTES, 0);
  }

  close(): void {
    closeSync(this.fd);
  }
}
