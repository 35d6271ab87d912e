import type { ItemColumns } from '@serendip/shared-catalogue';
import { engagementWeight, eventTypeCode, type UserStateView } from '@serendip/shared-layouts';

/** Weight of an interaction a step older. */
const STEP_DECAY = 0.98;
const SESSION_ITEMS = 5;
const PURCHASE = eventTypeCode('purchase');

/**
 * What a user's newest interactions say of categories, labels and prices, read against the item columns of now. One object
 * serves many users, one after the other: `read` replaces what it holds.
 */
export class UserProfile {
  categoryShare = new Float32Array(256);
  labelShare = new Float32Array(1024);
  sessionShare = new Float32Array(256);
  lastCategory = -1;
  priceMean = 0;
  priceDeviation = 0;
  hasPrices = false;
  events = 0;
  purchases = 0;
  /** Newest first: rows of the items interacted with, and when. */
  readonly rowTimes = new Map<number, { count: number; lastMs: number }>();
  /** Rows of the items shown and not engaged with since, and when last. */
  readonly rowImpressions = new Map<number, { readonly count: number; readonly lastMs: number }>();
  private readonly touchedCategories: number[] = [];
  private readonly touchedLabels: number[] = [];

  read(state: UserStateView, columns: ItemColumns): void {
    this.reset(columns);
    this.events = state.interactions;
    const purchases = state.counterOf(PURCHASE);
    this.purchases = purchases < 0 ? 0 : state.counterTotal(purchases);

    for (let i = 0; i < state.impressions; i++) {
      const row = columns.rowOfHashed(state.impressionLo(i), state.impressionHi(i));
      if (row >= 0) this.rowImpressions.set(row, { count: state.impressionCount(i), lastMs: state.impressionTimeMs(i) });
    }
    let weight = 1;
    let total = 0;
    let sessionItems = 0;
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
      const categories = columns.categoriesOf(row);
      for (const category of categories) this.add(this.categoryShare, this.touchedCategories, category, engagement);
      for (const label of columns.labelsOf(row)) this.add(this.labelShare, this.touchedLabels, label, engagement);
      const narrowest = categories.at(-1) ?? -1;
      if (sessionItems === 0) this.lastCategory = narrowest;
      if (sessionItems < SESSION_ITEMS && narrowest >= 0) {
        this.sessionShare[narrowest]! += 1 / SESSION_ITEMS;
        this.touchedCategories.push(narrowest);
      }
      sessionItems++;
      const price = columns.price[row]!;
      if (engagement > 0 && !Number.isNaN(price)) {
        const log = Math.log1p(price);
        priceWeight += engagement;
        priceSum += engagement * log;
        priceSquares += engagement * log * log;
      }
    }
    if (total > 0) {
      for (const category of new Set(this.touchedCategories)) this.categoryShare[category]! /= total;
      for (const label of new Set(this.touchedLabels)) this.labelShare[label]! /= total;
    }
    this.hasPrices = priceWeight > 0;
    this.priceMean = this.hasPrices ? priceSum / priceWeight : 0;
    this.priceDeviation = this.hasPrices ? Math.sqrt(Math.max(0, priceSquares / priceWeight - this.priceMean ** 2)) : 0;
  }

  private remember(row: number, timeMs: number): void {
    const known = this.rowTimes.get(row);
    if (known === undefined) this.rowTimes.set(row, { count: 1, lastMs: timeMs });
    else known.count++;
  }

  private add(share: Float32Array, touched: number[], place: number, amount: number): void {
    share[place]! += amount;
    touched.push(place);
  }

  private reset({ categories, labels }: ItemColumns): void {
    if (categories.size > this.categoryShare.length) {
      this.categoryShare = new Float32Array(categories.size * 2);
      this.sessionShare = new Float32Array(categories.size * 2);
    } else {
      for (const category of this.touchedCategories) this.categoryShare[category] = this.sessionShare[category] = 0;
    }
    if (labels.size > this.labelShare.length) this.labelShare = new Float32Array(labels.size * 2);
    else for (const label of this.touchedLabels) this.labelShare[label] = 0;
    this.touchedCategories.length = 0;
    this.touchedLabels.length = 0;
    this.rowTimes.clear();
    this.rowImpressions.clear();
    this.lastCategory = -1;
  }
}
