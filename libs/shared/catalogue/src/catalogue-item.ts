export type AttributeValue = string | number | boolean | readonly string[] | readonly number[];

/** An item as of one version, as it comes from the feature store. */
export interface CatalogueItem {
  readonly ordinal: number;
  readonly version: number;
  readonly deleted: boolean;
  readonly id: string;
  readonly title: string;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  /** NaN when it has none. */
  readonly price: number;
  readonly available: boolean;
  /** Epoch milliseconds; -Infinity for since ever. */
  readonly publishedAtMs: number;
  /** Epoch milliseconds; Infinity for never. */
  readonly expiresAtMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}
