import { NumberPlaces } from '@serendip/shared-identity';

/** How often something happened to a catalogue row, and when last, of one user at a time. */
export class RowMarks {
  private readonly places: NumberPlaces;
  private readonly counts: Uint16Array;
  private readonly times: Float64Array;

  /** @param most rows that are marked at a time. */
  constructor(private readonly most: number) {
    this.places = new NumberPlaces(most);
    this.counts = new Uint16Array(most);
    this.times = new Float64Array(most);
  }

  /** Forgets all. */
  begin(): void {
    this.places.begin(this.most);
  }

  /** Place of a row's mark; -1 for a row that nothing happened to. */
  find(row: number): number {
    return this.places.find(row);
  }

  countAt(place: number): number {
    return this.counts[place]!;
  }

  /** Epoch milliseconds. */
  lastMsAt(place: number): number {
    return this.times[place]!;
  }

  /** Counts once more; the first time that is given stays. */
  meet(row: number, timeMs: number): void {
    const { size } = this.places;
    const place = this.places.add(row);
    if (place < size) this.counts[place]!++;
    else this.put(place, 1, timeMs);
  }

  /** @param count above 0. */
  set(row: number, count: number, lastMs: number): void {
    this.put(this.places.add(row), count, lastMs);
  }

  private put(place: number, count: number, lastMs: number): void {
    this.counts[place] = count;
    this.times[place] = lastMs;
  }
}
