import type { ItemColumns } from '@serendip/shared-catalogue';
import { engagementWeight, eventTypeCode, type UserStateView } from '@serendip/shared-layouts';
import { RowMarks } from './row-marks.js';
import { Shares } from './shares.js';

/** Weight of an interaction a step older. */
const STEP_DECAY = 0.98;
const SESSION_ITEMS = 5;
const PURCHASE = eventTypeCode('purchase');

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
  events = 0;
  purchases = 0;
  /** Items interacted with: how often, and when last. */
  readonly seen = new RowMarks();
  /** Items shown and not engaged with since: how often, and when last. */
  readonly shown = new RowMarks();

  read(state: UserStateView, columns: ItemColumns): void {
    this.begin(columns);
    this.events = state.interactions;
    const purchases = state.counterOf(PURCHASE);
    this.purchases = purchases < 0 ? 0 : state.counterTotal(purchases);
    for (let i = 0; i < state.impressions; i++) {
      const row = columns.rowOfHashed(state.impressionLo(i), state.impressionHi(i));
      if (row >= 0) this.shown.set(row, state.impressionCount(i), state.impressionTimeMs(i));
    }
    this.readInteractions(state, columns);
  }

  private readInteractions(state: UserStateView, columns: ItemColumns): void {
    const { categories, labels, session } = this;
    let weight = 1;
    let total = 0;
    let items = 0;
    let priceWeight = 0;
    let priceSum = 0;
    let priceSquares = 0;
    for (let i = state.interactions - 1; i >= 0; i--) {
      const row = columns.rowOfHashed(state.itemLo(i), state.itemHi(i));
      if (row < 0) continue;
      this.remember(row, state.timeMs(i));
      const engagement = engagementWeight(state.type(i), state.value(i)) * weight;
      weight *= STEP_DECAY;
      total += Math.abs(engagement);
      const own = columns.categoriesOf(row);
      const narrowest = own.length === 0 ? -1 : own[own.length - 1]!;
      categories.addAll(own, engagement);
      labels.addAll(columns.labelsOf(row), engagement);
      if (items === 0) this.lastCategory = narrowest;
      if (items < SESSION_ITEMS && narrowest >= 0) session.add(narrowest, 1 / SESSION_ITEMS);
      items++;
      const price = columns.price[row]!;
      if (engagement > 0 && !Number.isNaN(price)) {
        const log = Math.log1p(price);
        priceWeight += engagement;
        priceSum += engagement * log;
        priceSquares += engagement * log * log;
      }
    }
    if (total > 0) {
      categories.divide(total);
      labels.divide(total);
    }
    this.hasPrices = priceWeight > 0;
    this.priceMean = this.hasPrices ? priceSum / priceWeight : 0;
    this.priceDeviation = this.hasPrices ? Math.sqrt(Math.max(0, priceSquares / priceWeight - this.priceMean ** 2)) : 0;
  }

  /** Newest first: the first time is the last. */
  private remember(row: number, timeMs: number): void {
    const count = this.seen.count(row);
    this.seen.set(row, count + 1, count === 0 ? timeMs : this.seen.lastMs(row));
  }

  private begin(columns: ItemColumns): void {
    this.categories.begin(columns.categories.size);
    this.session.begin(columns.categories.size);
    this.labels.begin(columns.labels.size);
    this.seen.begin(columns.size);
    this.shown.begin(columns.size);
    this.lastCategory = -1;
  }
}
