import type { MadeFrom } from './cache/made-from.js';
import type { FeatureStatus } from './ports.js';
import type { Degradation, StageReport } from '@serendip/shared-pipeline';
import type { Fill } from './selection/arrange.js';
import type { Cap } from './selection/caps.js';
import type { PlannedRule } from './selection/rules.js';

/** Who is asking: a known user, an anonymous visitor, or nobody. */
export type Visitor =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'anonymous'; readonly id: string }
  | { readonly kind: 'nobody' };

export type ContextValue = string | number | boolean | readonly string[] | readonly number[];

export interface VisitContext {
  readonly device?: string;
  readonly locale?: string;
  readonly country?: string;
  readonly attributes?: Readonly<Record<string, ContextValue>>;
}

/** One source of a placement, as configured. */
export interface PlacementSource {
  readonly name: string;
  readonly limit: number;
  /** 0 means the request's deadline. */
  readonly timeoutMs: number;
  /** For popular: 1d, 7d, 30d or all; empty means the default. */
  readonly window: string;
}

/** How a placement explores: each slot of a range shows, with a probability, an item drawn at random in place of the best. */
export interface Exploration {
  /** Probability that a slot in the range does, above 0, at most 0.5. */
  readonly share: number;
  /** Slots that may, counted over all pages, 1 being the first; both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Items shown fewer than so many times lately; 0 for any. */
  readonly shownFewerThan: number;
  /** Items published within so long; 0 for any. */
  readonly publishedWithinMs: number;
  /** Most items that a request draws from, 1 to 500. */
  readonly pool: number;
  /** `rank`: the n-th by score is 1/n times as likely as the first. */
  readonly weights: 'uniform' | 'rank';
}

/** What a placement does, with model references already resolved to name@version for this request. */
export interface PlacementPlan {
  readonly name: string;
  /** Version of the configuration that it was made from. */
  readonly config: number;
  readonly sources: readonly PlacementSource[];
  /** Event types after which an item is not shown to that visitor again. */
  readonly hideAfter: readonly string[];
  /** name@version, empty for none. */
  readonly retriever: string;
  readonly ranker: string;
  readonly objective: readonly { readonly head: string; readonly weight: number }[];
  /** Candidates that are ranked, 1 to 2000. */
  readonly candidates: number;
  /** Share of answers whose feature rows are logged, 0 to 1. */
  readonly logShare: number;
  readonly arms: readonly { readonly experiment: string; readonly arm: string }[];
  /** The tenant's, then the placement's, then the request's. */
  readonly rules: readonly PlannedRule[];
  /** One for each group at most. */
  readonly caps: readonly Cap[];
  /** 0 to 1. */
  readonly diversity: number;
  readonly fill: Fill;
  /** What each impression that nothing came of multiplies an item's score by, 0 to 1; absent for none. */
  readonly impressionDiscount?: number;
  readonly exploration?: Exploration | undefined;
}

export interface RecommendationRequest {
  /** Of this answer and no other: what is left to chance follows from it. */
  readonly recommendationId: string;
  readonly tenant: string;
  readonly plan: PlacementPlan;
  readonly visitor: Visitor;
  readonly seedItemIds: readonly string[];
  /** Rank exactly these instead of what sources find. */
  readonly givenItemIds: readonly string[];
  readonly excludeItemIds: readonly string[];
  /** Items of the list's earlier pages, ascending; empty for the first page. */
  readonly shownOrdinals: readonly number[];
  /** 1 to 200. */
  readonly limit: number;
  readonly context: VisitContext;
  readonly explain: boolean;
  /** Whether the answer can say what rules do to items, without the rest of an explanation, which costs more than the list. */
  readonly explainRules?: boolean;
  /** Answer the feature rows too, because this answer is going to be logged. */
  readonly logFeatures: boolean;
  /** Epoch milliseconds, on a tick: what an answer is made of is as of then. Only late checks look at the clock itself. */
  readonly nowMs: number;
  /** Set when the answer is for another moment than now: late checks go by it, too. Epoch milliseconds. */
  readonly asOfMs?: number;
  /** Share no slate with other requests. */
  readonly fresh: boolean;
}

/** Whether an answer's slate was there already, was being made, or was made for it; `off` when none are shared. */
export type CacheUse = 'hit' | 'shared' | 'miss' | 'off';

/**
 * A place in the log. Positions grow within a partition and say nothing across partitions: a user state reflects an event of its partition when
 * its position is at or past the event's.
 */
export interface LogPlace {
  readonly partition: number;
  /** 0 before the first event. */
  readonly position: number;
}

/** One feature's part in a score. */
export interface FeatureReason {
  readonly name: string;
  readonly value: number;
  /** Its mean of the training set. */
  readonly mean: number;
  /** What it is, for a person, with value and mean of that: where the feature is a logarithm, these are not. */
  readonly words: string;
  readonly is: number;
  readonly usually: number;
  /** How much lower the score is when the feature has its mean. */
  readonly contribution: number;
  /** What stands behind the value; absent where ranking does not say. */
  readonly status?: FeatureStatus;
  /** When the newest of that happened, epoch milliseconds; absent where nothing dates it. */
  readonly newestAtMs?: number;
}

/** What one head of the ranker says of an item; the score is their weighted sum. */
export interface HeadScore {
  readonly head: string;
  readonly weight: number;
  readonly score: number;
}

export interface Change {
  readonly from: number;
  readonly to: number;
}

/** What a rule did to an item that is shown. */
export interface RuleEffect {
  /** `level:name`, or `diversity`, `impressions`, or `cap:<group>`. */
  readonly rule: string;
  /** For a person, for example `score × 1.2` or `pinned to slot 2`. */
  readonly effect: string;
  /** What it multiplied the score by. */
  readonly factor?: number;
  readonly score?: Change;
  /** Places among what may be shown, from 1. */
  readonly rank?: Change;
}

/** How an item came to its slot. */
export interface ItemExplanation {
  /** Absent for the fallback list. `personal` is the retriever's own score, `next` that of the next-item neighbours. */
  readonly retrieval?: { readonly score: number; readonly personal?: number; readonly next?: number };
  /** Places from 1: in retrieval's order, by the ranker's score, after boosts and impressions (not of what was drawn), and in the list. */
  readonly ranks: { readonly retrieval?: number; readonly model?: number; readonly adjusted?: number; readonly slot: number };
  /** Before boosts and impressions. */
  readonly modelScore?: number;
  readonly heads: readonly HeadScore[];
  /** Those that moved the score most, strongest first. */
  readonly features: readonly FeatureReason[];
  readonly rules: readonly RuleEffect[];
}

/** Items that were dropped for one reason: a rule's name, or a word of the stage's own. */
export interface StepDrop {
  readonly rule: string;
  readonly dropped: number;
}

/** What a stage did with the candidates. */
export interface FunnelStep extends Omit<StageReport, 'kind'> {
  readonly kind: StageReport['kind'] | 'answer';
  readonly dropped: readonly StepDrop[];
  /** What each source found, where the stage has sources. */
  readonly sources?: readonly { readonly name: string; readonly found: number; readonly tookMs: number; readonly error: string }[];
}

/** By what the items were scored. */
export interface Scoring {
  readonly objective: readonly { readonly head: string; readonly weight: number }[];
  /** Score of an item all of whose features have their means of the training set. */
  readonly baseline: number;
}

export interface RecommendedItem {
  readonly ordinal: number;
  readonly id: string;
  readonly score: number;
  /** The source that found it, the placement's first when several did. */
  readonly source: string;
  readonly sources: readonly string[];
  /** Absent when documents could not be read. */
  readonly document?: ItemDocument;
  /** Probability that it would be shown in its slot, given the request: 1 where nothing is left to chance. */
  readonly propensity: number;
  /** Whether it was drawn to be explored. */
  readonly isExplored: boolean;
  /** With `explain`. */
  readonly why?: ItemExplanation;
}

/** What was left to chance in a list. */
export interface Explored {
  /** Slots that could show an item drawn at random. */
  readonly slots: number;
  /** Slots that do. */
  readonly explored: number;
  /** Items that these slots drew from. */
  readonly pool: number;
}

export interface Recommendation {
  readonly items: readonly RecommendedItem[];
  readonly cache: CacheUse;
  /** With `explain`: what it was made from; absent when parts of it were left out or changed meanwhile. */
  readonly madeFrom?: MadeFrom;
  /** Whether there may be something for a next page. */
  readonly hasMore: boolean;
  readonly models: { readonly retriever?: string; readonly ranker?: string };
  readonly degraded: readonly Degradation[];
  readonly funnel: readonly StageReport[];
  /** With `explain`: the funnel with what was dropped and why, down to what is shown. */
  readonly steps?: readonly FunnelStep[];
  /** With `explain`, where a ranker scored. */
  readonly scoring?: Scoring;
  /** Where slots could explore. */
  readonly exploration?: Explored;
  /** With `explain`: what the rules say of any item, shown or not. */
  readonly rulesOn: (document: ItemDocument) => readonly RuleEffect[];
  /** With `explain` or `logFeatures`: where in the log the user state ends that was used; absent for nobody and when it could not be read. */
  readonly userState?: LogPlace;
  /** Feature rows as the ranker saw them, for the log. */
  readonly featureRows?: FeatureRows;
}

export interface FeatureRows {
  readonly names: readonly string[];
  /** Row-major. */
  readonly values: Float32Array;
  readonly ordinals: Int32Array;
}

/** An item as the gateway shows and checks it. */
export interface ItemDocument {
  readonly ordinal: number;
  readonly version: number;
  readonly id: string;
  readonly deleted: boolean;
  readonly available: boolean;
  /** Epoch milliseconds; -Infinity for since ever. */
  readonly publishedAtMs: number;
  /** Epoch milliseconds; Infinity for never. */
  readonly expiresAtMs: number;
  /** The public fields: title, description, categories, tags, attributes, price. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Whether an item may be shown at a time. */
export function isEligible(item: ItemDocument, nowMs: number): boolean {
  return !item.deleted && item.available && item.publishedAtMs <= nowMs && nowMs < item.expiresAtMs;
}
