import type { Best } from '../ordering/top-k.js';
import { firstBandOf, likelyPlaces, type Wanted } from './likely-places.js';
import { VectorColumns } from './vector-columns.js';
import type { PlaceSearch } from './place-search.js';
import type { VectorIndex } from './vector-index.js';

const NOWHERE = -1;
/** Rows there is room for besides those of the index, at first. */
const FIRST_ROOM = 256;

/**
 * Vectors and biases by row: those of rows that stand for rows of an index, whose place is found once and for all, and those that are written here, which are searched beside it by their codes. A row is
 * known once it is placed or written.
 */
export class RowVectors {
  /** Rows there may be: the highest that is known, and one. */
  size = 0;
  /** The place of each row in the index; NOWHERE for none, and lower numbers for places among those beside it. */
  private placeOf = new Int32Array(FIRST_ROOM).fill(NOWHERE);
  /** The row at each place of the index and of those beside it; -1 for none. */
  private readonly indexed: Int32Array;
  private written = new Int32Array(FIRST_ROOM);
  private writtenCount = 0;
  private beside: VectorColumns | undefined;

  constructor(private readonly index: VectorIndex) {
    this.indexed = new Int32Array(index.size).fill(-1);
  }

  get bytes(): number {
    return (this.beside?.bytes ?? 0) + this.indexed.byteLength + this.placeOf.byteLength;
  }

  get hasLists(): boolean {
    return this.index.lists !== undefined;
  }

  has(row: number): boolean {
    return row < this.size && this.placeOf[row] !== NOWHERE;
  }

  /** Says that a row stands for one of the index's table; answers its vector. */
  place(row: number, indexRow: number): Float32Array {
    const place = this.index.placeOf[indexRow]!;
    this.remember(row, place);
    this.indexed[place] = row;
    return this.index.columns.vector(place);
  }

  /** Writes a row that the index has not, or writes it anew. */
  write(row: number, vector: Float32Array, bias: number): void {
    const known = this.has(row) ? this.placeOf[row]! : NOWHERE;
    const place = known < NOWHERE ? besideOf(known) : this.writtenCount++;
    this.beside ??= new VectorColumns(this.index.columns.dimension, FIRST_ROOM);
    if (place >= this.beside.capacity) this.beside = this.beside.larger(place * 2);
    if (place >= this.written.length) this.written = grown(this.written, place * 2);
    this.beside.write(place, vector, bias);
    this.written[place] = row;
    this.remember(row, besideOf(place));
  }

  /** Sets the vector that the calls below compare rows with; it must not be changed. */
  ask(query: Float32Array): void {
    this.index.columns.ask(query);
    this.beside?.ask(query);
  }

  /** Writes the exact scores of rows to `out`, zeros for rows that are not known. */
  score(rows: Int32Array, out: Float32Array): void {
    this.scorePart(this.index.columns, { rows, out, isBeside: false });
    if (this.beside !== undefined) this.scorePart(this.beside, { rows, out, isBeside: true });
  }

  /** Rows whose mask is not 0 with their exact scores, in bands, the likeliest first, all of them at last (`likelyPlaces`); in no order in each band. */
  * likely(query: Float32Array, set: Omit<Wanted, 'rowOf'>): Generator<Best> {
    const { index: { columns, size: count, lists }, indexed } = this;
    const parts = [{ columns, rowOf: indexed, bands: likelyPlaces({ columns, count, lists }, query, { ...set, rowOf: indexed }) }, ...this.likelyBeside(query, set)];
    for (;;) {
      const bands = parts.map((part) => ({ ...part, band: part.bands.next() }));
      if (bands.every(({ band }) => band.done === true)) return;
      yield joined(bands.flatMap(({ columns: of, rowOf, band }) => (band.done === true ? [] : [bestAt(of, band.value, rowOf)])));
    }
  }

  /**
   * The first of the bands that `likely` would give, with the rows of the index found by `search` in place of their codes; and whether rows that are not in it can't be among those of
   * the set. Rejects as `search` does.
   */
  async likeliest(search: PlaceSearch, query: Float32Array, set: Omit<Wanted, 'rowOf'>): Promise<{ readonly best: Best; readonly isAll: boolean }> {
    const most = firstBandOf(set.wanted);
    const { places } = await search.search(query, { rowOf: this.indexed, mask: set.mask }, most);
    // Other searches have had their turn meanwhile.
    this.ask(query);
    const beside = this.likelyBeside(query, set).map(({ columns, rowOf, bands }) => bestAt(columns, bands.next().value ?? new Int32Array(0), rowOf));
    return { best: joined([bestAt(this.index.columns, places, this.indexed), ...beside]), isAll: places.length < most && beside.length === 0 };
  }

  /** Of rows that are not in the index, if there are any. */
  private likelyBeside(query: Float32Array, set: Omit<Wanted, 'rowOf'>): { readonly columns: VectorColumns; readonly rowOf: Int32Array; readonly bands: Generator<Int32Array> }[] {
    const { beside, written, writtenCount } = this;
    return beside === undefined ? [] : [{ columns: beside, rowOf: written, bands: likelyPlaces({ columns: beside, count: writtenCount }, query, { ...set, rowOf: written }) }];
  }

  private scorePart(columns: VectorColumns, { rows, out, isBeside }: { readonly rows: Int32Array; readonly out: Float32Array; readonly isBeside: boolean }): void {
    const { placeOf, size } = this;
    const places = new Int32Array(rows.length);
    const at = new Int32Array(rows.length);
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const known = row < size ? placeOf[row]! : NOWHERE;
      const place = isBeside ? besideOf(known) : known;
      if (place < 0) continue;
      places[count] = place;
      at[count++] = i;
    }
    if (count === rows.length) return columns.score(places, out);
    const scores = new Float32Array(count);
    columns.score(places.subarray(0, count), scores);
    for (let i = 0; i < count; i++) out[at[i]!] = scores[i]!;
  }

  private remember(row: number, place: number): void {
    if (row >= this.placeOf.length) this.placeOf = grown(this.placeOf, row * 2, NOWHERE);
    this.placeOf[row] = place;
    if (row >= this.size) this.size = row + 1;
  }
}

/** Places beside the index and what stands for them are each other's image: 0 and -2, 1 and -3. */
const besideOf = (place: number): number => -2 - place;

/** The rows at these places with their exact scores. */
function bestAt(columns: VectorColumns, places: Int32Array, rowOf: Int32Array): Best {
  const rows = new Int32Array(places.length);
  for (let i = 0; i < places.length; i++) rows[i] = rowOf[places[i]!]!;
  const scores = new Float32Array(places.length);
  columns.score(places, scores);
  return { rows, scores };
}

function joined(parts: readonly Best[]): Best {
  if (parts.length === 1) return parts[0]!;
  const size = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const all = { rows: new Int32Array(size), scores: new Float32Array(size) };
  let at = 0;
  for (const { rows, scores } of parts) {
    all.rows.set(rows, at);
    all.scores.set(scores, at);
    at += rows.length;
  }
  return all;
}

function grown(column: Int32Array, length: number, fill = 0): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length).fill(fill, column.length);
  larger.set(column);
  return larger;
}
