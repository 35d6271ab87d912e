interface Sum {
  readonly sum: Float64Array;
  count: number;
  /** Names the mean as it is: no other has had this number. */
  name: number;
}

/** The name of the mean of nothing. */
const NOTHING = 0;

/** Running means of the vectors of each category. */
export class CategoryMeans {
  private readonly sums = new Map<number, Sum>();
  private names = NOTHING;

  constructor(private readonly dimension: number) {}

  /** Counts an item's vector for each of its categories. */
  add(categories: Int32Array, vector: Float32Array): void {
    for (const category of categories) {
      let entry = this.sums.get(category);
      if (entry === undefined) this.sums.set(category, (entry = { sum: new Float64Array(this.dimension), count: 0, name: NOTHING }));
      entry.count++;
      entry.name = ++this.names;
      for (let c = 0; c < this.dimension; c++) entry.sum[c]! += vector[c]!;
    }
  }

  /** Writes the mean of the narrowest (last) of the categories that any item is known of, zeros when there is none, and answers its name; nothing is written when that is the name of what is known. */
  write(categories: Int32Array, target: Float32Array, known?: number): number {
    const narrowest = categories.findLast((category) => this.sums.has(category));
    const entry = narrowest === undefined ? undefined : this.sums.get(narrowest);
    const name = entry?.name ?? NOTHING;
    if (name !== known) for (let c = 0; c < this.dimension; c++) target[c] = entry === undefined ? 0 : entry.sum[c]! / entry.count;
    return name;
  }
}
