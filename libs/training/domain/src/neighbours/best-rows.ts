import type { NeighbourTable } from '@serendip/retrieval-domain';

/** Keeps the best `width` entries of each row of a neighbour table: a heap with the weakest on top, ties to the lower id. */
export class BestRows {
  private readonly ids: Int32Array;
  private readonly weights: Float32Array;
  private readonly heapIds: Int32Array;
  private readonly heapWeights: Float64Array;
  private length = 0;

  constructor(itemCount: number, private readonly width: number) {
    this.ids = new Int32Array(itemCount * width).fill(-1);
    this.weights = new Float32Array(itemCount * width);
    this.heapIds = new Int32Array(width);
    this.heapWeights = new Float64Array(width);
  }

  /** `weight` is above 0. */
  add(id: number, weight: number): void {
    if (this.length < this.width) {
      this.rise(this.length++, id, weight);
      return;
    }
    if (this.stronger(id, weight, 0)) this.sink(id, weight);
  }

  /** Writes what was added as row `item`, best first, and begins the next. */
  finishRow(item: number): void {
    for (let at = item * this.width + this.length - 1; this.length > 0; at--) {
      this.ids[at] = this.heapIds[0]!;
      this.weights[at] = this.heapWeights[0]!;
      const last = --this.length;
      if (last > 0) this.sink(this.heapIds[last]!, this.heapWeights[last]!);
    }
  }

  table(): NeighbourTable {
    return { width: this.width, ids: this.ids, weights: this.weights };
  }

  private rise(from: number, id: number, weight: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.stronger(id, weight, parent)) break;
      this.put(at, this.heapIds[parent]!, this.heapWeights[parent]!);
      at = parent;
    }
    this.put(at, id, weight);
  }

  private sink(id: number, weight: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.length) break;
      if (child + 1 < this.length && this.stronger(this.heapIds[child]!, this.heapWeights[child]!, child + 1)) child++;
      if (!this.stronger(id, weight, child)) break;
      this.put(at, this.heapIds[child]!, this.heapWeights[child]!);
      at = child;
    }
    this.put(at, id, weight);
  }

  private stronger(id: number, weight: number, at: number): boolean {
    const other = this.heapWeights[at]!;
    return weight > other || (weight === other && id < this.heapIds[at]!);
  }

  private put(at: number, id: number, weight: number): void {
    this.heapIds[at] = id;
    this.heapWeights[at] = weight;
  }
}
