import type { ItemColumns } from '@serendip/shared-catalogue';
import type { Found } from '@serendip/shared-pipeline';

/**
 * Candidates of one request by catalogue row, each once, in the order of sources and of each source's own list. It is
 * synchronous work on one scratch table: call `release` before the next request's is made.
 */
export class MergedCandidates {
  private readonly rowList: Int32Array;
  private readonly bitList: Uint16Array;
  private size = 0;

  constructor(private readonly placeOf: PlaceTable, private readonly room: number) {
    this.rowList = new Int32Array(room);
    this.bitList = new Uint16Array(room);
  }

  get rows(): Int32Array {
    return this.rowList.subarray(0, this.size);
  }

  get bits(): Uint16Array {
    return this.bitList.subarray(0, this.size);
  }

  /** Place of a row among the candidates, or -1. */
  place(row: number): number {
    return this.placeOf.places[row]!;
  }

  /** Adds what a source found, as far as the mask allows it. */
  addFound({ ordinal }: Found, bit: number, columns: ItemColumns, mask: Uint8Array): void {
    for (let i = 0; i < ordinal.length; i++) {
      const row = columns.rowOf(ordinal[i]!);
      if (row >= 0 && mask[row] === 1) this.add(row, bit);
    }
  }

  add(row: number, bit: number): void {
    const { places } = this.placeOf;
    let place = places[row]!;
    if (place < 0) {
      if (this.size === this.room) return;
      place = this.size++;
      places[row] = place;
      this.rowList[place] = row;
    }
    this.bitList[place]! |= 1 << bit;
  }

  release(): void {
    const { places } = this.placeOf;
    for (let i = 0; i < this.size; i++) places[this.rowList[i]!] = -1;
  }
}

/** For each catalogue row its place in the candidates that are being merged, -1 for none. */
export class PlaceTable {
  places = new Int32Array(0);

  /** Makes room for a catalogue of this size. */
  reserve(size: number): this {
    if (size > this.places.length) this.places = new Int32Array(Math.ceil(size * 1.25)).fill(-1);
    return this;
  }
}
