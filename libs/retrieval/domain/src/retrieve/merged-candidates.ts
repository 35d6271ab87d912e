import { NumberPlaces } from '@serendip/shared-identity';

/**
 * Candidates of one request by catalogue row, each once, in the order of sources and of each source's own list. Made to be
 * used again: what it answers is valid until the next `begin`.
 */
export class MergedCandidates {
  private readonly places = new NumberPlaces();
  private bitList = new Uint16Array(0);

  /** Begins anew, with room for so many candidates. */
  begin(room: number): this {
    this.places.begin(room);
    if (room > this.bitList.length) this.bitList = new Uint16Array(room);
    this.bitList.fill(0, 0, room);
    return this;
  }

  get count(): number {
    return this.places.size;
  }

  get rows(): Int32Array {
    return this.places.numbers;
  }

  /** For each candidate the bits of the sources that found it. */
  get bits(): Uint16Array {
    return this.bitList.subarray(0, this.count);
  }

  /** Place of a row among the candidates, or -1. */
  place(row: number): number {
    return this.places.find(row);
  }

  add(row: number, bit: number): void {
    this.bitList[this.places.add(row)]! |= 1 << bit;
  }
}
