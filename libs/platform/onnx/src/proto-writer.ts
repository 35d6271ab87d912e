/** Appends protobuf fields to one growing buffer; just what ONNX messages need. */
export class ProtoWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  /** Writes an int64 field; a negative value takes ten bytes, as protobuf has it. */
  integer(field: number, value: number): this {
    if (!Number.isSafeInteger(value)) throw new RangeError(`A protobuf integer must be a safe integer, not ${value}.`);
    this.tag(field, 0);
    this.varint(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  float(field: number, value: number): this {
    this.tag(field, 5);
    this.reserve(4);
    new DataView(this.bytes.buffer).setFloat32(this.length, value, true);
    this.length += 4;
    return this;
  }

  text(field: number, value: string): this {
    return this.raw(field, new TextEncoder().encode(value));
  }

  raw(field: number, value: Uint8Array): this {
    this.tag(field, 2);
    this.varint(BigInt(value.length));
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }

  message(field: number, value: ProtoWriter): this {
    return this.raw(field, value.finish());
  }

  /** The bytes written so far, valid until the next write. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private tag(field: number, wireType: number): void {
    this.varint(BigInt(field * 8 + wireType));
  }

  private varint(value: bigint): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 128n) {
      this.bytes[this.length++] = Number(rest % 128n) + 128;
      rest /= 128n;
    }
    this.bytes[this.length++] = Number(rest);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
