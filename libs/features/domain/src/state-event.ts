/** A record of a partition's log that made its processor send an event to another partition. */
export interface Cause {
  readonly partition: number;
  readonly position: number;
}

/** What a processor reads of a log event; the generated message has this shape. Times are epoch milliseconds. */
export interface StateEvent {
  readonly eventId: string;
  readonly tenant: string;
  readonly type: string;
  readonly userId: string;
  readonly anonymousId: string;
  readonly sessionId: string;
  readonly items: readonly { readonly itemId: string }[];
  readonly value?: number | undefined;
  readonly eventTimeMs: number;
  readonly receivedAtMs: number;
  readonly importPosition?: { readonly importId: string; readonly batch: number; readonly index: number } | undefined;
  /** The record of another partition that this event was sent for. */
  readonly cause?: Cause | undefined;
  readonly payload: { readonly case?: string | undefined; readonly value?: unknown };
}

/** An event with its place in the partition's log. */
export interface PositionedEvent {
  readonly position: number;
  readonly event: StateEvent;
  /** Whether an erasure further on in the log covers it: it is remembered as applied, and changes nothing. */
  readonly isErased?: boolean;
}

/** What `$identify` says. */
export interface Identify {
  readonly userId: string;
}

/** What `$merge` carries: the anonymous visitor's state, in the layout of libs/shared/layouts. */
export interface Merge {
  readonly anonymousId: string;
  readonly state: Uint8Array;
}

/** What `$erase` says: visitors that had become the user and have been erased themselves. */
export interface Erase {
  readonly anonymousIds: readonly string[];
}
