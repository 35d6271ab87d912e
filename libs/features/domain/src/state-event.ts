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
  readonly payload: { readonly case?: string | undefined; readonly value?: unknown };
}

/** An event with its place in the partition's log. */
export interface PositionedEvent {
  readonly position: number;
  readonly event: StateEvent;
}
