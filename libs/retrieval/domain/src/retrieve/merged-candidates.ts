/**
 * Candidates of one request by catalogue row, each once, in the order of sources and of each source's own list. Made to be
 * used again: what it answers is valid until the next `begin`.
 */
export class MergedCandidates {
  /** For each catalogue row its place among the candidates, -1 for none. */
  private places = new Int32Array(0);
  private rowList = new Int32Array(0);
  private bitList = new Uint16Array(0);
  private size = 0;

  /** Begins anew, with room for so many candidates of a catalogue of so many rows. */
  begin({ room, rows }: { readonly room: number; readonly rows: number }): this {
    for (let i = 0; i < this.size; i++) this.places[this.rowList[i]!] = -1;
    this.size = 0;
    if (rows > this.places.length) this.places = new Int32Array(Math.ceil(rows * 1.25)).fill(-1);
    if (room > this.rowList.length) {
      this.rowList = new Int32Array(room);
      this.bitList = new Uint16Array(room);
    }
    return this;
  }

  get count(): number {
    return this.size;
  }

  get rows(): Int32Array {
    return this.rowList.subarray(0, this.size);
  }

  /** For each candidate the bits of the sources that found it. */
  get bits(): Uint16Array {
    return this.bitList.subarray(0, this.size);
  }

  /** Place of a row among the candidates, or -1. */
  place(row: number): number {
    return this.places[row] ?? -1;
  }

  add(row: number, bit: number): void {
    let place = this.places[row]!;
    if (place < 0) {
      place = this.size++;
      this.places[row] = place;
      this.rowList[place] = row;
      this.bitList[place] = 0;
    }
    this.bitList[place]! |= 1 << bit;
  }
}
