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

  /** Adds an amount to each of the numbers in [from, to). */
  addAll(numbers: Int32Array, from: number, to: number, amount: number): void {
    const { sums, isTouched, touched } = this;
    for (let at = from; at < to; at++) {
      const number = numbers[at]!;
      if (isTouched[number] === 0) {
        isTouched[number] = 1;
        touched.push(number);
      }
      sums[number]! += amount;
    }
  }

  /** Adds 1 to a number. */
  count(number: number): void {
    if (this.isTouched[number] === 0) {
      this.isTouched[number] = 1;
      this.touched.push(number);
    }
    this.sums[number]! += 1;
  }

  divide(by: number): void {
    for (let i = 0; i < this.touched.length; i++) this.sums[this.touched[i]!]! /= by;
  }
}
