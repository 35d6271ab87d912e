import type { MessageInitShape } from '@serendip/shared-contracts';
import type { events } from '@serendip/shared-contracts';
import { attributeMessages, contextMessage } from '@serendip/serving-adapters';
import type { ContextValue, VisitContext } from '@serendip/serving-domain';
import type { EventInput } from './event-schema.js';

export type EventMessage = MessageInitShape<typeof events.EventSchema>;

/** Epoch milliseconds of an RFC 3339 text or a number. */
export const epochMs = (time: string | number): number => (typeof time === 'number' ? time : Date.parse(time));

const KNOWN = new Set(['device', 'locale', 'country', 'attributes']);

/** Sorts a request's context into what the platform knows and free attributes. */
export function visitContext(input: Readonly<Record<string, unknown>> | undefined): VisitContext {
  if (input === undefined) return {};
  const free = Object.entries(input).filter(([name]) => !KNOWN.has(name)) as [string, ContextValue][];
  const { device, locale, country, attributes } = input as VisitContext;
  return {
    ...(typeof device === 'string' ? { device } : {}),
    ...(typeof locale === 'string' ? { locale } : {}),
    ...(typeof country === 'string' ? { country } : {}),
    attributes: { ...(typeof attributes === 'object' ? attributes : {}), ...Object.fromEntries(free) },
  };
}

/** A public event as the wire has it. */
export function eventMessage(input: EventInput, tenant: string): EventMessage {
  const items = input.items ?? (input.itemId === undefined ? [] : [{ itemId: input.itemId }]);
  return {
    tenant,
    eventId: input.eventId ?? '',
    type: input.type,
    userId: input.userId ?? '',
    anonymousId: input.anonymousId ?? '',
    sessionId: input.sessionId ?? '',
    items: items.map(({ itemId, quantity, price }) => ({ itemId, quantity: quantity ?? 0, ...(price === undefined ? {} : { price }) })),
    currency: input.currency ?? '',
    placement: input.placement ?? '',
    attributionToken: input.attributionToken ?? '',
    ...(input.value === undefined ? {} : { value: input.value }),
    ...(input.position === undefined ? {} : { position: input.position }),
    ...(input.eventTime === undefined ? {} : { eventTimeMs: epochMs(input.eventTime) }),
    ...(input.context === undefined ? {} : { context: contextMessage(visitContext(input.context)) }),
    ...(input.properties === undefined ? {} : { properties: attributeMessages(input.properties) }),
  };
}
