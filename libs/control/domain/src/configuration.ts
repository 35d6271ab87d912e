/** What control decides about a tenant. Plain immutable data with the field names of the wire. */
export interface PlacementSource {
  readonly name: string;
  /** Candidates at most, 1 to 2000. */
  readonly limit: number;
  /** Milliseconds; zero leaves it to whoever retrieves. */
  readonly timeoutMs: number;
  /** 1d, 7d, 30d or all; empty leaves it to the source. */
  readonly window: string;
}

/** Most `limit` items of the same group in any `window` neighbouring slots. */
export interface Cap {
  /** `categories` for the first category, or an attribute's name. */
  readonly group: string;
  readonly limit: number;
  readonly window: number;
}

/** What expressions do to a list; at least one of filter, boost and pin. Empty expressions are none. */
export interface Rule {
  readonly name: string;
  /** Where it applies; empty for everywhere. */
  readonly when: string;
  readonly filter: string;
  readonly boost: string;
  /** The best item that matches takes the slot, 1 being the first. */
  readonly pin?: { readonly expression: string; readonly slot: number };
}

/** Whether caps may shorten a list. */
export type Fill = 'fill-up' | 'strict';

/** Some slots show an item drawn at random, to learn about it. */
export interface Exploration {
  /** Probability that a slot in the range does, 0 to 0.5. */
  readonly share: number;
  /** Slots that may, counted over all pages, 1 being the first; both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Items shown fewer than so many times in the last week, decayed; zero for any. */
  readonly shownFewerThan: number;
  /** Items published within so many days; zero for any. */
  readonly publishedWithinDays: number;
  /** Most items that one request draws from, 1 to 500. */
  readonly pool: number;
  /** `rank`: the n-th by score is 1/n times as likely as the first. */
  readonly weights: 'uniform' | 'rank';
}

export interface Placement {
  readonly name: string;
  /** 1, and one more with each change. */
  readonly version: number;
  readonly sources: readonly PlacementSource[];
  /** Event types after which an item is not shown to that user again. */
  readonly hideAfter: readonly string[];
  /** model@alias or model@version; empty for none. */
  readonly retriever: string;
  readonly ranker: string;
  readonly objective: readonly { readonly head: string; readonly weight: number }[];
  readonly diversity: number;
  /** What each impression that nothing came of multiplies an item's score by, 0 to 1; absent as 1. */
  readonly impressionDiscount?: number;
  /** Absent for none. */
  readonly exploration?: Exploration;
  readonly rules: readonly Rule[];
  readonly caps: readonly Cap[];
  readonly fill: Fill;
  readonly fallback: string;
  readonly logShare: number;
  readonly candidates: number;
}

export interface SplitArm {
  readonly name: string;
  /** Percentage of users, 0 to 100 in steps of a hundredth. */
  readonly percent: number;
  /** Empty for the placement's own. */
  readonly retriever: string;
  readonly ranker: string;
  /** In place of the share of the placement's exploration. */
  readonly explorationShare?: number;
}

export interface Split {
  readonly name: string;
  readonly placement: string;
  readonly salt: string;
  readonly arms: readonly SplitArm[];
}

/** Versions that some of a placement's answers are made with once more, after the answer, and shown to nobody. */
export interface Shadow {
  readonly placement: string;
  /** Empty for the version that served; at least one of the two is given. */
  readonly retriever: string;
  readonly ranker: string;
  /** Share of answers, above 0, at most 1. */
  readonly share: number;
}

export type ModelKind = 'retriever' | 'ranker' | 'item-encoder';

/** What one check of a model version found. */
export interface ModelCheck {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** `pending`: not looked at yet. */
export type CheckState = 'pending' | 'passed' | 'failed';

export interface ModelVersion {
  readonly name: string;
  readonly version: number;
  readonly kind: ModelKind;
  /** Key prefix in the object store. */
  readonly bundle: string;
  /** SHA-256 of the bundle's manifest, hexadecimal. */
  readonly digest: string;
  readonly createdAtMs: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** In the order they were made; none while they are pending. */
  readonly checks: readonly ModelCheck[];
}

export interface ModelAlias {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  /** The version that it pointed at before, to go back to; 0 for none. */
  readonly previous: number;
}

export type KeyKind = 'publishable' | 'secret';

export interface ApiKey {
  readonly id: string;
  readonly kind: KeyKind;
  /** SHA-256 of the key. */
  readonly hash: Uint8Array;
  /** Allowed origins of a publishable key; none means any. */
  readonly origins: readonly string[];
  readonly expiresAtMs: number | undefined;
}

export interface Tenant {
  readonly id: string;
  /** 32 bytes. */
  readonly signingKey: Uint8Array;
  readonly keys: readonly ApiKey[];
  /** Hold in every placement. */
  readonly rules: readonly Rule[];
  /** Hold in every placement that has none of the same group. */
  readonly caps: readonly Cap[];
  readonly placements: readonly Placement[];
  readonly splits: readonly Split[];
  /** One for each placement at most. */
  readonly shadows: readonly Shadow[];
  readonly models: readonly ModelVersion[];
  readonly aliases: readonly ModelAlias[];
}

/** Everything, as of one version. */
export interface Configuration {
  readonly version: number;
  readonly tenants: readonly Tenant[];
}
