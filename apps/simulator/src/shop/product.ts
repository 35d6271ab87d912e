import type { ProductType, Voice } from './vocabulary.js';

/** An item as the gateway's API takes it. */
export interface Item {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly price: number;
  readonly available: boolean;
  readonly publishedAt: string;
}

/** A product with what only the simulator knows; the indexes point into the catalogue's lists. */
export interface Product {
  readonly index: number;
  readonly item: Item;
  readonly type: number;
  readonly category: number;
  readonly department: number;
  readonly brand: number;
  readonly style: number;
  /** 0 = cheapest of its type, 1 = dearest. */
  readonly priceLevel: number;
  /** Standard normal, hidden: how good it is for everybody. */
  readonly quality: number;
  /** How easily a shopper comes across it without any recommendation; a weight. */
  readonly prominence: number;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
  /** Epoch milliseconds; undefined while it can be bought. */
  readonly soldOutAt: number | undefined;
}

export interface CatalogueType {
  readonly index: number;
  readonly noun: string;
  readonly category: number;
  /** Types that are wanted next. */
  readonly goesWith: readonly number[];
  readonly lastsDays: number | undefined;
  readonly voice: Voice;
  readonly spec: ProductType;
}

export interface CatalogueCategory {
  readonly index: number;
  readonly name: string;
  readonly department: number;
  readonly departmentName: string;
  readonly types: readonly number[];
}

/** Whether a shopper can find and buy the product at that time (epoch milliseconds). */
export const onSaleAt = (product: Product, time: number): boolean =>
  product.publishedAt <= time && (product.soldOutAt === undefined || product.soldOutAt > time);
