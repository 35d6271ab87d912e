/** Why an event is refused. */
export type EventReason =
  | 'ATTRIBUTION_TOKEN_INVALID' | 'CAUSE_MISSING' | 'CONTEXT_INVALID' | 'CONTEXT_TOO_LARGE' | 'CURRENCY_INVALID' | 'EVENT_ID_INVALID' | 'EVENT_TOO_LARGE'
  | 'IN_FUTURE' | 'ITEM_ID_INVALID' | 'ITEM_INVALID' | 'ITEM_MISSING' | 'PAYLOAD_UNEXPECTED' | 'PLACEMENT_INVALID' | 'POSITION_INVALID'
  | 'PRICE_INVALID' | 'PROPERTIES_INVALID' | 'PROPERTIES_TOO_LARGE' | 'SERVED_INVALID' | 'SESSION_ID_INVALID' | 'TIME_INVALID' | 'TOO_MANY_ITEMS'
  | 'TOO_OLD' | 'TYPE_INVALID' | 'TYPE_RESERVED' | 'USER_ID_INVALID' | 'USER_INVALID' | 'VALUE_INVALID' | 'WHO_AMBIGUOUS' | 'WHO_MISSING';

/** What is wrong with an event: its stable reason and a sentence for a person, which names the field. */
export interface EventFault {
  readonly reason: EventReason;
  readonly detail: string;
}

export const fault = (reason: EventReason, detail: string): EventFault => ({ reason, detail });
