import type { Context } from './event.js';

/** What to ask for. Who asks and the session are known by themselves. */
export interface RecommendationRequest {
  /** `home`, `item`, `cart`, `trending`, `new`, or one of your own. */
  readonly placement: string;
  /** Seeds: what is looked at, what is in the cart. */
  readonly items?: readonly string[];
  /** 1–200, 10 if left out. */
  readonly limit?: number;
  readonly exclude?: readonly string[];
  /** CEL, for example `item.price < 20.0`. */
  readonly filter?: string;
  readonly boost?: string;
  /** 0 (none) to 1. */
  readonly diversity?: number;
  readonly context?: Context;
  /** What to answer of each item: `title`, `price`, an attribute. */
  readonly fields?: readonly string[];
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
  /** Asks for nobody in particular: no identifier is sent, so it needs no consent. */
  readonly impersonal?: boolean;
}

export interface RecommendedItem<Fields = Readonly<Record<string, unknown>>> {
  readonly id: string;
  readonly score: number;
  /** From 1. */
  readonly rank: number;
  readonly source: string;
  readonly fields?: Fields;
}

/** A list to show in its order. One made of the application's fallback has no id and no token. */
export interface Recommendations<Fields = Readonly<Record<string, unknown>>> {
  readonly recommendationId?: string;
  readonly attributionToken?: string;
  readonly placement: string;
  readonly items: readonly RecommendedItem<Fields>[];
  readonly experiments: readonly { readonly experiment: string; readonly arm: string }[];
  readonly models: { readonly retriever?: string; readonly ranker?: string };
  /** What was left out of the answer; stage `client` when it is the application's own fallback. */
  readonly degraded: readonly { readonly stage: string; readonly reason: string }[];
  readonly nextCursor?: string;
  readonly tookMs: number;
}

export interface FallbackItem<Fields = Readonly<Record<string, unknown>>> {
  readonly id: string;
  readonly fields?: Fields;
}

/** The application's own list for when there is no answer, or how to get it. */
export type Fallback<Fields> = readonly FallbackItem<Fields>[] | (() => readonly FallbackItem<Fields>[] | Promise<readonly FallbackItem<Fields>[]>);

export interface RecommendOptions<Fields> {
  /** With it, asking never rejects. */
  readonly fallback?: Fallback<Fields>;
  /** For everything, the second gateway included; 2,000 if left out. */
  readonly timeoutMs?: number;
}
