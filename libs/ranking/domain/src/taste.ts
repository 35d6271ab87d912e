import type { ItemColumns } from '@serendip/shared-catalogue';
import { HashTable64, hash64 } from '@serendip/shared-identity';
import { eventTypeMask, type UserStateView } from '@serendip/shared-layouts';

/** For each item it knows, the items that speak for it when a user has had them, and how much each does. */
export interface TasteTable {
  /** Ids of the items it knows. */
  readonly items: readonly string[];
  readonly width: number;
  /** items × width: places in `items`; -1 ends a row early. */
  readonly ids: Int32Array;
  readonly weights: Float32Array;
}

const NOT_FOR = eventTypeMask(['dislike', 'hide']);
const SAYS_NOTHING = eventTypeMask(['search', 'impression']);
/** Items of a user that are looked at; who has more is known well enough by these. */
const MOST_SEEN = 2048;
const UNKNOWN = -1;

/**
 * How much all that a user has ever had speaks for each candidate: the sum of its table's weights over what the user has had and not
 * disliked. Encoders go by the newest interactions; this is the taste behind them. Not to be used by two requests at once.
 */
export class Taste {
  private readonly places: HashTable64;
  /** 1 for what this request's user has had. */
  private readonly had: Float32Array;
  private readonly marked: Int32Array;
  private columns: ItemColumns | undefined;
  /** Place of each catalogue row in the table, as far as rows are bound. */
  private placeOfRow = new Int32Array(0);
  private bound = 0;

  /** Throws RangeError when the table's parts don't fit. */
  constructor(private readonly table: TasteTable) {
    const { items, width, ids, weights } = table;
    if (ids.length !== items.length * width || weights.length !== ids.length) throw new RangeError('A taste table needs as many ids and weights as items times its width.');
    if (ids.some((id) => id < -1 || id >= items.length) || !weights.every(Number.isFinite)) throw new RangeError('A taste table names an item it does not have, or has a weight that is not finite.');
    this.places = new HashTable64(items.length);
    items.forEach((id, place) => this.places.set(hash64(id), place));
    this.had = new Float32Array(items.length);
    this.marked = new Int32Array(Math.min(items.length, MOST_SEEN));
  }

  /** One value for each candidate; 0 for an item that the table doesn't know. */
  score(state: UserStateView, columns: ItemColumns, ordinals: Int32Array): Float32Array {
    this.bind(columns);
    const marks = this.mark(state);
    const scores = new Float32Array(ordinals.length);
    if (marks === 0) return scores;
    for (let i = 0; i < ordinals.length; i++) {
      const row = columns.rowOf(ordinals[i]!);
      const place = row < 0 ? UNKNOWN : this.placeOfRow[row]!;
      if (place !== UNKNOWN) scores[i] = this.sum(place);
    }
    for (let i = 0; i < marks; i++) this.had[this.marked[i]!] = 0;
    return scores;
  }

  private sum(place: number): number {
    const { had, table: { ids, weights, width } } = this;
    let sum = 0;
    for (let at = place * width, end = at + width; at < end; at++) {
      const id = ids[at]!;
      if (id < 0) break;
      sum += weights[at]! * had[id]!;
    }
    return sum;
  }

  /** Answers how many items are marked. */
  private mark(state: UserStateView): number {
    let count = 0;
    for (let i = 0; i < state.seen && count < this.marked.length; i++) {
      const types = state.seenMask(i);
      if ((types & NOT_FOR) !== 0 || (types & ~SAYS_NOTHING) === 0) continue;
      const place = this.places.get(state.seenLo(i), state.seenHi(i));
      if (place === UNKNOWN) continue;
      this.had[place] = 1;
      this.marked[count++] = place;
    }
    return count;
  }

  /** Finds the places of rows that are new; rows never move. */
  private bind(columns: ItemColumns): void {
    if (this.columns !== columns) {
      this.columns = columns;
      this.bound = 0;
    }
    if (this.bound === columns.size) return;
    if (columns.size > this.placeOfRow.length) {
      const larger = new Int32Array(Math.ceil(columns.size * 1.25));
      larger.set(this.placeOfRow);
      this.placeOfRow = larger;
    }
    for (; this.bound < columns.size; this.bound++) {
      const { lo, hi } = hash64(columns.id(this.bound));
      this.placeOfRow[this.bound] = this.places.get(lo, hi);
    }
  }
}
