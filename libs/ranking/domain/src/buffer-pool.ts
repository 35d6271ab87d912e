/** Buffers that are used again: one of a request's size is 100 KB, and making it anew costs more than filling it. */
export class BufferPool {
  private readonly free: Float32Array<ArrayBuffer>[] = [];

  /** @param most so many are kept. */
  constructor(private readonly most = 16) {}

  /** A buffer of exactly this length, holding anything. */
  take(length: number): Float32Array<ArrayBuffer> {
    // The last one is the likeliest to be in the cache still.
    const at = this.free.findLastIndex((buffer) => buffer.length === length);
    return at < 0 ? new Float32Array(length) : this.free.splice(at, 1)[0]!;
  }

  /** Nobody may hold on to what is given back. */
  giveBack(buffer: Float32Array<ArrayBuffer>): void {
    if (this.free.length === this.most) this.free.shift();
    this.free.push(buffer);
  }
}
