/** The event model as this library needs it; the messages of `serendip.events.v1` have these shapes. Absent text is ''. */

export interface EventFields {
  readonly eventId: string;
  readonly tenant: string;
  readonly type: string;
  readonly userId: string;
  readonly anonymousId: string;
  readonly sessionId: string;
  readonly items: readonly EventItemFields[];
  readonly value?: number | undefined;
  readonly currency: string;
  readonly position?: number | undefined;
  readonly placement: string;
  readonly attributionToken: string;
  /** Epoch milliseconds; 0 for not given. */
  readonly eventTimeMs: number;
  /** Epoch milliseconds; 0 for not given. */
  readonly receivedAtMs: number;
  readonly context?: ContextFields | undefined;
  readonly schemaVersion: number;
  readonly properties: Attributes;
  readonly payload: PayloadFields;
  readonly importPosition?: ImportPositionFields | undefined;
  readonly cause?: CauseFields | undefined;
}

export interface EventItemFields {
  readonly itemId: string;
  readonly quantity: number;
  readonly price?: number | undefined;
}

export interface ContextFields {
  readonly device: string;
  readonly locale: string;
  readonly country: string;
  readonly attributes: Attributes;
}

export interface ImportPositionFields {
  readonly importId: string;
  readonly batch: number;
  readonly index: number;
}

/** The log record that made a processor send an event. */
export interface CauseFields {
  readonly partition: number;
  readonly position: number;
}

/** Attribute values by name. */
export type Attributes = Readonly<Record<string, AttributeFields>>;

export interface AttributeFields {
  readonly value:
    | { readonly case: 'text'; readonly value: string }
    | { readonly case: 'number'; readonly value: number }
    | { readonly case: 'flag'; readonly value: boolean }
    | { readonly case: 'texts'; readonly value: { readonly values: readonly string[] } }
    | { readonly case: 'numbers'; readonly value: { readonly values: readonly number[] } }
    | { readonly case: undefined; readonly value?: undefined };
}

export type PayloadFields =
  | { readonly case: 'itemChange'; readonly value: ItemChangeFields }
  | { readonly case: 'userChange'; readonly value: UserChangeFields }
  | { readonly case: 'served'; readonly value: ServedFields }
  | { readonly case: 'identify'; readonly value: { readonly userId: string } }
  | { readonly case: 'merge'; readonly value: { readonly anonymousId: string; readonly state: Uint8Array } }
  | { readonly case: 'erase'; readonly value: { readonly anonymousIds: readonly string[] } }
  | { readonly case: undefined; readonly value?: undefined };

/** `kind` of a change: 1 put, 2 patch, 3 delete. */
export interface ItemChangeFields {
  readonly kind: number;
  readonly item?: ItemFields | undefined;
  readonly fields: readonly string[];
}

export interface ItemFields {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly attributes: Attributes;
  readonly price?: number | undefined;
  readonly available?: boolean | undefined;
  /** Epoch milliseconds. */
  readonly publishedAtMs?: number | undefined;
  /** Epoch milliseconds. */
  readonly expiresAtMs?: number | undefined;
  /** Little-endian float32. */
  readonly vector: Uint8Array;
}

export interface UserChangeFields {
  readonly kind: number;
  readonly user?: { readonly id: string; readonly attributes: Attributes } | undefined;
  readonly fields: readonly string[];
}

export interface ServedFields {
  readonly recommendationId: string;
  readonly items: readonly { readonly itemId: string }[];
  readonly arms: readonly string[];
  readonly featureNames: readonly string[];
  /** Little-endian float32, row-major, a row for each of `featureOrdinals`. */
  readonly features: Uint8Array;
  /** Little-endian int32. */
  readonly featureOrdinals: Uint8Array;
}
