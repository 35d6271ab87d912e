/** Running means of the vectors of each category. */
export class CategoryMeans {
  private readonly sums = new Map<number, { readonly sum: Float64Array; count: number }>();

  constructor(private readonly dimension: number) {}

  /** Counts a vector for a category; -1 is none. */
  add(category: number, vector: Float32Array): void {
    if (category < 0) return;
    let entry = this.sums.get(category);
    if (entry === undefined) this.sums.set(category, (entry = { sum: new Float64Array(this.dimension), count: 0 }));
    entry.count++;
    for (let c = 0; c < this.dimension; c++) entry.sum[c]! += vector[c]!;
  }

  /** Writes the mean of a category; zeros when nothing is known of it. */
  write(category: number, target: Float32Array, at: number): void {
    const entry = this.sums.get(category);
    for (let c = 0; c < this.dimension; c++) target[at + c] = entry === undefined ? 0 : entry.sum[c]! / entry.count;
  }
}
