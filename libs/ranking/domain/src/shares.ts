/** Sums by small number, of one user at a time: `begin` forgets the last one's at the cost of what it had, not of all numbers. */
export class Shares {
  private sums = new Float32Array(256);
  private isTouched = new Uint8Array(256);
  private readonly touched: number[] = [];

  /** Begins anew, for numbers below `size`. */
  begin(size: number): void {
    for (let i = 0; i < this.touched.length; i++) this.sums[this.touched[i]!] = this.isTouched[this.touched[i]!] = 0;
    this.touched.length = 0;
    if (size <= this.sums.length) return;
    this.sums = new Float32Array(size * 2);
    this.isTouched = new Uint8Array(size * 2);
  }

  of(number: number): number {
    return this.sums[number]!;
  }

  add(number: number, amount: number): void {
    if (this.isTouched[number] === 0) {
      this.isTouched[number] = 1;
      this.touched.push(number);
    }
    this.sums[number]! += amount;
  }

  addAll(numbers: Int32Array, amount: number): void {
    for (let i = 0; i < numbers.length; i++) this.add(numbers[i]!, amount);
  }

  divide(by: number): void {
    for (let i = 0; i < this.touched.length; i++) this.sums[this.touched[i]!]! /= by;
  }
}
