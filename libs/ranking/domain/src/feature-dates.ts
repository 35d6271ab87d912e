import type { ItemColumns } from '@serendip/shared-catalogue';
import { engagementWeight, type UserStateView } from '@serendip/shared-layouts';
import type { GatheredItems } from './gathered-items.js';
import type { NamedFeature } from './named-feature.js';
import type { FeatureDate } from './ranking-features.js';

const CATEGORIES: readonly FeatureDate[] = ['narrowest-category', 'broadest-category', 'categories'];

/** When the newest facts behind values happened. One object serves many requests, one after the other: `read` replaces what it holds. */
export class FeatureDates {
  private readonly seen = new Map<number, number>();
  private readonly shown = new Map<number, number>();
  private readonly categories = new Map<number, number>();
  private readonly labels = new Map<number, number>();
  private pricedMs = -Infinity;
  private userMs = -Infinity;
  private readonly wanted: { readonly seen: boolean; readonly shown: boolean; readonly categories: boolean; readonly labels: boolean; readonly prices: boolean };

  /** @param features that it will be asked about. */
  constructor(features: readonly NamedFeature[]) {
    const wants = (...dates: readonly FeatureDate[]): boolean => features.some(({ dated, family }) => family === undefined && dates.includes(dated));
    this.wanted = { seen: wants('seen'), shown: wants('shown'), categories: wants(...CATEGORIES), labels: wants('labels'), prices: wants('prices') };
  }

  read(state: UserStateView, columns: ItemColumns): this {
    this.userMs = state.lastTimeMs > 0 ? state.lastTimeMs : -Infinity;
    const { seen, shown, categories, labels, prices } = this.wanted;
    if (shown) this.readImpressions(state, columns);
    if (seen || categories || labels || prices) this.readInteractions(state, columns);
    return this;
  }

  /**
   * Epoch milliseconds; -Infinity when there is no such fact, and for an undated feature Infinity. Of a feature of a family after its `begin`.
   * @param i place among the gathered items.
   */
  newestMs({ dated, family }: NamedFeature, items: GatheredItems, i: number): number {
    if (family !== undefined) return family.newestMs(items, i);
    switch (dated) {
      case 'item': return items.lastEventMs(i);
      case 'user': return this.userMs;
      case 'seen': return this.seen.get(items.rows[i]!) ?? -Infinity;
      case 'shown': return this.shown.get(items.rows[i]!) ?? -Infinity;
      case 'prices': return this.pricedMs;
      case 'narrowest-category': return this.categories.get(items.narrowestCategory(i)) ?? -Infinity;
      case 'broadest-category': return this.newestOf(this.categories, items.categoriesOf(i).subarray(0, 1));
      case 'categories': return this.newestOf(this.categories, items.categoriesOf(i));
      case 'labels': return this.newestOf(this.labels, items.labelsOf(i));
      default: return Infinity;
    }
  }

  private newestOf(dates: ReadonlyMap<number, number>, numbers: Int32Array): number {
    let newest = -Infinity;
    for (const number of numbers) newest = Math.max(newest, dates.get(number) ?? -Infinity);
    return newest;
  }

  private readImpressions(state: UserStateView, columns: ItemColumns): void {
    this.shown.clear();
    for (let i = 0; i < state.impressions; i++) {
      const row = columns.rowOfHashed(state.impressionLo(i), state.impressionHi(i));
      if (row >= 0) this.shown.set(row, state.impressionTimeMs(i));
    }
  }

  /** Oldest first, so that the newest is what stays. */
  private readInteractions(state: UserStateView, columns: ItemColumns): void {
    const { wanted, seen, categories, labels } = this;
    for (const dates of [seen, categories, labels]) dates.clear();
    this.pricedMs = -Infinity;
    for (let i = 0; i < state.interactions; i++) {
      const row = columns.rowOfHashed(state.itemLo(i), state.itemHi(i));
      if (row < 0) continue;
      const timeMs = state.timeMs(i);
      if (wanted.seen) seen.set(row, timeMs);
      if (wanted.categories) for (const category of columns.categoriesOf(row)) categories.set(category, timeMs);
      if (wanted.labels) for (const label of columns.labelsOf(row)) labels.set(label, timeMs);
      if (engagementWeight(state.type(i), state.value(i)) > 0 && !Number.isNaN(columns.price[row]!)) this.pricedMs = timeMs;
    }
  }
}
