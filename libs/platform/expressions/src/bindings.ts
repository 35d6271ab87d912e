/** A list that is read in place; an array is one. */
export interface ListView {
  readonly length: number;
  at(index: number): unknown;
  includes(value: unknown): boolean;
}

/** An item as expressions see it. Both implementations give the same values for the same item. */
export interface ItemView {
  readonly id: string;
  readonly title: string;
  readonly categories: ListView;
  readonly tags: ListView;
  /** Undefined when it has none. */
  readonly price: number | undefined;
  /** Epoch milliseconds; undefined when it has none. */
  readonly publishedAt: number | undefined;
  readonly available: boolean;
  /** Undefined when it has none. */
  attribute(name: string): unknown;
}

/** Named values: strings, numbers, booleans and lists of them. What is undefined is missing. */
export type Facts = Readonly<Record<string, unknown>>;

/** What the variables of an expression stand for. One that is left out has no values. */
export interface Bindings {
  readonly item?: ItemView | undefined;
  readonly seed?: ItemView | undefined;
  readonly user?: Facts | undefined;
  readonly context?: Facts | undefined;
  /** Epoch milliseconds. */
  readonly nowMs?: number | undefined;
}
