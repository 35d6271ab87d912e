/** Byte masks that are used again: one for each request of a large catalogue would keep the garbage collector busy. */
export class MaskPool {
  private readonly free: Uint8Array[] = [];

  /** A mask of exactly this size, with anything in it. */
  acquire(size: number): Uint8Array {
    const mask = this.free.pop();
    return (mask !== undefined && mask.length >= size ? mask : new Uint8Array(Math.ceil(size * 1.25))).subarray(0, size);
  }

  release(mask: Uint8Array): void {
    if (this.free.length < 16) this.free.push(new Uint8Array(mask.buffer));
  }
}
