import { ITEM_RECORD, type ItemColumns } from '@serendip/shared-catalogue';
import { USER_STATE, engagementWeight, type UserStateView } from '@serendip/shared-layouts';
import { listedOf } from './gathered-items.js';
import { log1p } from './logarithm.js';
import { RowMarks } from './row-marks.js';
import { Shares } from './shares.js';

/** Weight of an interaction a step older. */
const STEP_DECAY = 0.98;
const SESSION_ITEMS = 5;

/**
 * What a user's newest interactions say of categories, labels and prices, read against the item columns of now. One object
 * serves many users, one after the other: `read` replaces what it holds.
 */
export class UserProfile {
  /** Share of the user's weighted interactions by category and by label number. */
  readonly categories = new Shares();
  readonly labels = new Shares();
  /** Share of the newest interactions whose item's narrowest category is the one. */
  readonly session = new Shares();
  lastCategory = -1;
  priceMean = 0;
  priceDeviation = 0;
  hasPrices = false;
  /** Categories of all interactions together. */
  listed = 0;
  /** Items interacted with: how often, and when last. */
  readonly seen = new RowMarks(USER_STATE.maxInteractions);
  /** Items shown and not engaged with since: how often, and when last. */
  readonly shown = new RowMarks(USER_STATE.maxImpressions);
  /** Rows of the interactions, in their order; -1 for one with an item that isn't known. */
  private readonly rows = new Int32Array(USER_STATE.maxInteractions);
  /** Of those with items that are known, newest first: what each says for its item. */
  private readonly weights = new Float64Array(USER_STATE.maxInteractions);
  /** Where their category and label numbers begin. */
  private readonly starts = new Int32Array(USER_STATE.maxInteractions);
  private readonly prices = new Float64Array(USER_STATE.maxInteractions);

  read(state: UserStateView, columns: ItemColumns): void {
    this.begin(columns);
    for (let i = 0; i < state.impressions; i++) {
      const row = columns.rowOfHashed(state.impressionLo(i), state.impressionHi(i));
      if (row >= 0) this.shown.set(row, state.impressionCount(i), state.impressionTimeMs(i));
    }
    const count = this.gather(state, columns);
    this.readLists(columns.numbers, count);
    this.readPrices(count);
  }

  /** Collects the interactions first, as items are gathered before features; answers how many there are. */
  private gather(state: UserStateView, columns: ItemColumns): number {
    const { rows, weights, starts, prices, seen } = this;
    const { records } = columns;
    const { interactions } = state;
    for (let i = 0; i < interactions; i++) rows[i] = columns.rowOfHashed(state.itemLo(i), state.itemHi(i));
    let count = 0;
    let step = 1;
    for (let i = interactions - 1; i >= 0; i--) {
      const row = rows[i]!;
      if (row < 0) continue;
      const at = row * ITEM_RECORD.width;
      starts[count] = records[at + ITEM_RECORD.numbersAt]!;
      prices[count] = records[at + ITEM_RECORD.price]!;
      weights[count++] = engagementWeight(state.type(i), state.value(i)) * step;
      step *= STEP_DECAY;
      seen.meet(row, state.timeMs(i));
    }
    return count;
  }

  private readLists(numbers: Int32Array, count: number): void {
    const { weights, starts, categories, labels, session } = this;
    this.lastCategory = -1;
    this.listed = listedOf(numbers, starts, count);
    let total = 0;
    for (let i = 0; i < count; i++) {
      const from = starts[i]! + 2;
      const middle = from + numbers[from - 2]!;
      categories.addAll(numbers, from, middle, weights[i]!);
      labels.addAll(numbers, middle, middle + numbers[from - 1]!, weights[i]!);
      total += Math.abs(weights[i]!);
      if (i < SESSION_ITEMS && middle > from) {
        session.count(numbers[middle - 1]!);
        if (i === 0) this.lastCategory = numbers[middle - 1]!;
      }
    }
    session.divide(SESSION_ITEMS);
    if (total > 0) {
      categories.divide(total);
      labels.divide(total);
    }
  }

  private readPrices(count: number): void {
    const { prices, weights } = this;
    let sum = 0;
    let squares = 0;
    let weight = 0;
    for (let i = 0; i < count; i++) {
      const price = prices[i]!;
      if (!(weights[i]! > 0) || Number.isNaN(price)) continue;
      const log = log1p(price);
      weight += weights[i]!;
      sum += weights[i]! * log;
      squares += weights[i]! * log * log;
    }
    this.hasPrices = weight > 0;
    this.priceMean = this.hasPrices ? sum / weight : 0;
    this.priceDeviation = this.hasPrices ? Math.sqrt(Math.max(0, squares / weight - this.priceMean ** 2)) : 0;
  }

  private begin(columns: ItemColumns): void {
    this.categories.begin(columns.categories.size);
    this.session.begin(columns.categories.size);
    this.labels.begin(columns.labels.size);
    this.seen.begin();
    this.shown.begin();
  }
}
