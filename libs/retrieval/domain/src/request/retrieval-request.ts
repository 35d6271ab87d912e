import type { VisitContext } from '../expressions/expression-compiler.js';

/** What is wanted from one source. */
export interface SourceRequest {
  readonly name: string;
  /** 1 to 2000. */
  readonly limit: number;
  /** For popular: 1d, 7d, 30d or all; empty means 7d. */
  readonly window: string;
  /** Zero means the request's deadline. */
  readonly timeoutMs: number;
}

/** Expressions of a request, and what they are told of who asks. */
export interface RequestExpressions {
  /** All of them must hold for an item to be a candidate; at most 64. */
  readonly filters: readonly string[];
  /** Their product is answered for each candidate; at most 64. */
  readonly boosts: readonly string[];
  /** What matches each is answered for each candidate, and the best that match are among the candidates; at most 16. */
  readonly pins: readonly string[];
  /** Empty for a visitor without one. */
  readonly userId: string;
  readonly context: VisitContext;
}

/** Which items may be shown to learn about them. */
export interface ExplorationRequest {
  /** How often an item may have been shown in the last week, decayed; zero for any. */
  readonly shownFewerThan: number;
  /** Zero for any. */
  readonly publishedWithinMs: number;
  /** 1 to 500. */
  readonly limit: number;
  /** Unsigned 32 bits: which of more than `limit`. */
  readonly seed: number;
}

/** One request for candidates; its fields are the wire's. */
export interface RetrievalRequest {
  readonly tenant: string;
  /** The user state layout; empty for nobody or unknown. */
  readonly userState: Uint8Array;
  /** name@version; empty means none is live. */
  readonly retriever: string;
  readonly sources: readonly SourceRequest[];
  readonly seedItemIds: readonly string[];
  readonly givenItemIds: readonly string[];
  readonly excludeItemIds: readonly string[];
  /** Left out too; none by default. */
  readonly excludeOrdinals?: Int32Array;
  /** What one impression that nothing came of multiplies a score by, 0 to 1; none by default. */
  readonly impressionDiscount?: number | undefined;
  /** Candidates besides the others, which stand behind them and are named by the source `exploration`; none by default. */
  readonly exploration?: ExplorationRequest | undefined;
  /** Bit t set: items with which the user had an event of type code t are left out. */
  readonly seenTypes: number;
  /** Keep items of any of these categories; empty means all. */
  readonly categories: readonly string[];
  /** None by default. */
  readonly expressions?: RequestExpressions | undefined;
  /** 1 to 2000. */
  readonly limit: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

export interface SourceReport {
  readonly name: string;
  readonly found: number;
  readonly tookUs: number;
  /** Empty when it answered. */
  readonly error: string;
}

/** How many items a filter took out of the search, of those that the filters before it had left; expressions are named `filter:<i>`. */
export interface DropReport {
  readonly filter: string;
  readonly dropped: number;
}

/** Candidates best first, as parallel columns. */
export interface RetrievalResult {
  readonly ordinals: Int32Array;
  readonly scores: Float32Array;
  /** NaN where the retriever has none. */
  readonly personalScores: Float32Array;
  /** Zero where there is none. */
  readonly nextScores: Float32Array;
  /** Bit i set when `sources[i]` found it. */
  readonly sourceBits: Uint16Array;
  /** The product of the boosts, 0.01 to 100; empty when there are none. */
  readonly boosts: Float32Array;
  /** Bit i set when it matches `pins[i]`; empty when there are none. */
  readonly pinMatches: Uint16Array;
  /** What impressions multiply each score by, 0.01 to 1; absent when all are 1. */
  readonly impressionFactors?: Float32Array;
  readonly sources: readonly SourceReport[];
  readonly drops: readonly DropReport[];
  /** The retriever that was used, empty if none. */
  readonly retriever: string;
  /** Items of the catalogue, whatever they are. */
  readonly searched: number;
}
