import type { Random } from '../random.js';
import type { RankerData } from './data.js';

/** Rows of whole groups, side by side; the arrays are reused by the next batch. */
export interface GroupBatch {
  readonly rows: number;
  readonly features: Float32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
  readonly offsets: Int32Array;
}

/** Deals groups out in batches of equally many, in a new order every epoch. */
export class GroupBatches {
  /** Batches of one epoch, of equal numbers of groups. */
  readonly perEpoch: number;
  private readonly order: Int32Array;
  private readonly size: number;
  private features = new Float32Array(0);
  private labels = new Float32Array(0);
  private weights = new Float32Array(0);

  /** Batches hold about `batchRows` rows. */
  constructor(private readonly data: RankerData, batchRows: number, private readonly random: Random) {
    const { offsets } = data;
    this.order = Int32Array.from({ length: offsets.length - 1 }, (_, group) => group).filter((group) => offsets[group + 1]! > offsets[group]!);
    const batches = Math.max(1, Math.round(offsets.at(-1)! / batchRows));
    this.size = Math.max(1, Math.ceil(this.order.length / batches));
    this.perEpoch = Math.ceil(this.order.length / this.size);
  }

  *epoch(): Generator<GroupBatch> {
    this.random.shuffle(this.order);
    for (let first = 0; first < this.order.length; first += this.size) yield this.gather(this.order.subarray(first, first + this.size));
  }

  private gather(groups: Int32Array): GroupBatch {
    const { data } = this;
    const { featureCount, headCount } = data;
    const offsets = new Int32Array(groups.length + 1);
    groups.forEach((group, i) => { offsets[i + 1] = offsets[i]! + data.offsets[group + 1]! - data.offsets[group]!; });
    const rows = offsets[groups.length]!;
    this.reserve(rows);
    groups.forEach((group, i) => {
      const from = data.offsets[group]!;
      const to = data.offsets[group + 1]!;
      this.features.set(data.features.subarray(from * featureCount, to * featureCount), offsets[i]! * featureCount);
      this.labels.set(data.labels.subarray(from * headCount, to * headCount), offsets[i]! * headCount);
      if (data.weights !== undefined) this.weights.set(data.weights.subarray(from, to), offsets[i]);
    });
    return {
      rows, offsets,
      features: this.features.subarray(0, rows * featureCount),
      labels: this.labels.subarray(0, rows * headCount),
      weights: this.weights.subarray(0, rows),
    };
  }

  private reserve(rows: number): void {
    if (this.weights.length >= rows) return;
    this.features = new Float32Array(rows * this.data.featureCount);
    this.labels = new Float32Array(rows * this.data.headCount);
    this.weights = new Float32Array(rows).fill(1);
  }
}
