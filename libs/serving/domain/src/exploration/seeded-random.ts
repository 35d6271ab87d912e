import { hash64 } from '@serendip/shared-identity';

const WARM_UP = 12;

/** A stream of numbers from 0 to below 1 that a text decides: sfc32 (C. Doty-Humphrey, PractRand), two draws for the 53 bits of each. */
export class SeededRandom {
  private a: number;
  private b: number;
  private c = 0x9e3779b9;
  private counter = 1;

  constructor(seed: string) {
    const { lo, hi } = hash64(seed);
    this.a = lo | 0;
    this.b = hi | 0;
    for (let i = 0; i < WARM_UP; i++) this.bits();
  }

  next(): number {
    const high = this.bits() >>> 5;
    return (high * 0x4000000 + (this.bits() >>> 6)) / 2 ** 53;
  }

  private bits(): number {
    const mixed = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + mixed) | 0;
    return mixed >>> 0;
  }
}
