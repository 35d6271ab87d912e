import type { Message } from '@bufbuild/protobuf';
import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire';

/** How deep messages may lie in each other, as protobuf-es has it. */
const MOST_DEEP = 100;

/** Texts up to this length are looked for among those read before, bytes. */
const SHORT = 32;
/** Texts of ASCII by the hash of their bytes: the newest of each. */
const known = new Array<string>(1024).fill('');

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** protobuf-es's reader with what compiled messages read most. What lies beyond the end throws. */
export class MessageReader extends BinaryReader {
  private readonly bytesRead: Buffer;

  constructor(bytes: Uint8Array) {
    super(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.bytesRead = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The tag of the next field: its number, three bits up, and its wire type. */
  next(): number {
    const first = this.bytesRead[this.pos]!;
    if (first >= 8 && first < 0x80 && (first & 7) <= 5) {
      this.pos++;
      return first;
    }
    const [number, wireType] = this.tag();
    return (number << 3) | wireType;
  }

  /** A text in UTF-8; other bytes throw. */
  text(): string {
    const length = this.uint32();
    const start = this.pos;
    const end = start + length;
    if (end > this.len) throw new RangeError('premature EOF');
    this.pos = end;
    return length <= SHORT ? this.short(start, end) : this.long(start, end);
  }

  /** Most short texts come again and again, as names do: then it is the same string. */
  private short(start: number, end: number): string {
    const { bytesRead } = this;
    let hash = 0;
    for (let i = start; i < end; i++) hash = (hash * 31 + bytesRead[i]!) | 0;
    const slot = (hash ^ (hash >>> 12)) & (known.length - 1);
    const text = known[slot]!;
    if (text.length === end - start) {
      let i = start;
      while (i < end && text.charCodeAt(i - start) === bytesRead[i]) i++;
      if (i === end) return text;
    }
    const read = this.long(start, end);
    if (read.length === end - start) known[slot] = read;
    return read;
  }

  private long(start: number, end: number): string {
    const text = this.bytesRead.toString('utf8', start, end);
    return text.includes('\ufffd') ? strict.decode(this.bytesRead.subarray(start, end)) : text;
  }

  /** Throws when a message lies too deep. */
  enter(depth: number, typeName: string): void {
    if (depth > MOST_DEEP) throw new Error(`cannot decode message ${typeName} from binary: maximum recursion depth of ${MOST_DEEP} reached`);
  }

  /** Keeps a field that the message at this depth has not. */
  unknown(message: Message, tag: number, depth: number): void {
    const [no, wireType] = [tag >>> 3, (tag & 7) as WireType];
    (message.$unknown ??= []).push({ no, wireType, data: this.skip(wireType, no, MOST_DEEP - depth) });
  }

  /** Passes what is neither the key nor the value of a map's entry. */
  pass(tag: number, depth: number): void {
    this.skip((tag & 7) as WireType, tag >>> 3, MOST_DEEP - depth);
  }
}

/** Sets a map's entry, whatever its key. */
export function setEntry(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value;
}
