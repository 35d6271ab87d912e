import type { UnknownField } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** Messages share memory of this size, as Buffers of Node's pool do; longer ones have their own, bytes. */
const CHUNK_BYTES = 256 * 1024;
/** Texts up to this length are tried code by code: asking for their length takes longer, UTF-16 units. */
const SHORT = 40;

type RareScalar = 'int32' | 'uint32' | 'sint32' | 'fixed32' | 'sfixed32' | 'int64' | 'uint64' | 'sint64' | 'fixed64' | 'sfixed64';

/** Writes from the last byte to the first, so that the length of what a message holds is known when it is written before it. */
export class MessageWriter {
  private static idle: MessageWriter | undefined;

  private bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  private view = viewOf(this.bytes);
  private at = CHUNK_BYTES;
  /** Where the message ends. */
  private end = CHUNK_BYTES;

  /** The bytes that `write` writes: they lie in memory of several messages and nothing is written there again. */
  static bytesOf(write: (writer: MessageWriter) => void): Buffer {
    const writer = MessageWriter.idle ?? new MessageWriter();
    // Reading a message may run code of its own, and a writer that threw is not used again.
    MessageWriter.idle = undefined;
    write(writer);
    const { bytes, at, end } = writer;
    if (bytes.length === CHUNK_BYTES) MessageWriter.idle = writer;
    writer.end = at;
    return bytes.subarray(at, end);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.end - this.at;
  }

  /** The tag and the length of what was written since there were `size` bytes. */
  close(size: number, tag: number): void {
    this.uint32(this.size - size);
    this.uint32(tag);
  }

  bool(value: unknown): void {
    this.room(1);
    this.bytes[this.at] = value ? 1 : 0;
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) return this.rare(value, 'uint32');
    this.varint(value);
  }

  int32(value: number): void {
    if (value >>> 0 !== value || value > 0x7fffffff) return this.rare(value, 'int32');
    this.varint(value);
  }

  double(value: number): void {
    this.room(8);
    this.view.setFloat64(this.at, value, true);
  }

  float(value: number): void {
    if (typeof value !== 'number' || (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))) throw new Error(`invalid float32: ${String(value)}`);
    this.room(4);
    this.view.setFloat32(this.at, value, true);
  }

  /** A scalar as protobuf-es's own writer writes it. */
  rare(value: unknown, type: RareScalar): void {
    this.raw(new BinaryWriter()[type](value as never).finish());
  }

  data(value: unknown): void {
    const bytes = Array.isArray(value) ? Uint8Array.from(value as number[]) : value;
    if (!(bytes instanceof Uint8Array)) throw new TypeError('invalid bytes');
    this.raw(bytes);
    this.varint(bytes.length);
  }

  text(value: unknown): void {
    const text = typeof value === 'string' ? value : String(value);
    const units = text.length;
    if (units <= SHORT) {
      this.room(units);
      let i = 0;
      for (; i < units; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        this.bytes[this.at + i] = code;
      }
      if (i === units) return this.varint(units);
      this.at += units;
    }
    const length = Buffer.byteLength(text);
    this.room(length);
    this.bytes.write(text, this.at, length);
    this.varint(length);
  }

  /** Fields that a message was read with and has not. */
  unknown(fields: readonly UnknownField[]): void {
    for (const { no, wireType, data } of fields.toReversed()) {
      this.raw(data);
      this.varint(((no << 3) | wireType) >>> 0);
    }
  }

  private varint(value: number): void {
    if (value < 0x80) {
      this.room(1);
      this.bytes[this.at] = value;
      return;
    }
    this.room(value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5);
    let [at, rest] = [this.at, value];
    for (; rest > 0x7f; rest >>>= 7) this.bytes[at++] = (rest & 0x7f) | 0x80;
    this.bytes[at] = rest;
  }

  private raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
  }

  /** Goes `count` bytes towards the first. */
  private room(count: number): void {
    if (count > this.at) this.grow(count);
    this.at -= count;
  }

  private grow(count: number): void {
    const { size } = this;
    const needed = size + count;
    const bytes = Buffer.allocUnsafeSlow(needed <= CHUNK_BYTES ? CHUNK_BYTES : 2 * needed);
    bytes.set(this.bytes.subarray(this.at, this.end), bytes.length - size);
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.end = bytes.length;
    this.at = bytes.length - size;
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
