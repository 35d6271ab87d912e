import type { EventFields } from '../model/event-fields.js';
import { attributeProblem } from './attribute-rules.js';
import { fault, type EventFault } from './event-fault.js';
import { EVENT_LIMITS } from './limits.js';
import { payloadFault } from './payload-rules.js';
import { isAmount, isId, isTime } from './values.js';

export interface ValidationRules {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** How old an event may be, milliseconds; Infinity for imports. */
  readonly maxAgeMs: number;
}

const typePattern = /^[a-z0-9_.-]{1,64}$/;
const currencyPattern = /^[A-Z]{3}$/;
const payloadOfType = new Map([['$item', 'itemChange'], ['$user', 'userChange'], ['$served', 'served'], ['$identify', 'identify'], ['$erase', 'erase']]);

/**
 * The first fault of an event as a client or the gateway sent it (tenant and received time aside); undefined when it is valid.
 * Its encoded size is limited apart from this, by `maxEventBytes`.
 */
export function validateEvent(event: EventFields, rules: ValidationRules): EventFault | undefined {
  const own = event.type.startsWith('$') ? internalFault(event) : interactionFault(event);
  return own ?? timeFault(event.eventTimeMs, rules) ?? textFault(event) ?? contextFault(event) ?? propertiesFault(event);
}

function internalFault(event: EventFields): EventFault | undefined {
  const expected = payloadOfType.get(event.type);
  if (expected === undefined || event.payload.case !== expected) {
    return fault('TYPE_RESERVED', 'Types that begin with $ are the platform\'s own: choose another name.');
  }
  if (event.type === '$user' && event.userId === '') return fault('WHO_MISSING', 'userId is missing.');
  if (event.type === '$identify' && event.anonymousId === '') return fault('WHO_MISSING', 'anonymousId is missing.');
  return (event.type === '$item' ? undefined : whoFault(event)) ?? payloadFault(event);
}

function interactionFault(event: EventFields): EventFault | undefined {
  if (!typePattern.test(event.type)) {
    return fault('TYPE_INVALID', `type must have 1 to ${EVENT_LIMITS.typeCharacters} characters of a-z, 0-9, _, . and -.`);
  }
  if (event.payload.case !== undefined) return fault('PAYLOAD_UNEXPECTED', `An event of type ${event.type} carries no payload.`);
  return whoFault(event) ?? itemsFault(event) ?? valueFault(event);
}

function whoFault({ userId, anonymousId }: EventFields): EventFault | undefined {
  if (userId === '' && anonymousId === '') return fault('WHO_MISSING', 'userId or anonymousId is missing.');
  if (userId !== '' && anonymousId !== '') return fault('WHO_AMBIGUOUS', 'userId and anonymousId are both given: send one of them.');
  if (isId(userId + anonymousId)) return undefined;
  return fault('USER_ID_INVALID', `${userId === '' ? 'anonymousId' : 'userId'} must have 1 to ${EVENT_LIMITS.idCharacters} characters.`);
}

function itemsFault({ type, items }: EventFields): EventFault | undefined {
  if (items.length === 0) return type === 'search' ? undefined : fault('ITEM_MISSING', `An event of type ${type} needs an item.`);
  if (items.length > EVENT_LIMITS.items) return fault('TOO_MANY_ITEMS', `items has ${items.length} entries, at most ${EVENT_LIMITS.items} are allowed.`);
  for (const [i, { itemId, price }] of items.entries()) {
    if (!isId(itemId)) return fault('ITEM_ID_INVALID', `items[${i}].itemId must have 1 to ${EVENT_LIMITS.idCharacters} characters.`);
    if (price !== undefined && !isAmount(price)) return fault('PRICE_INVALID', `items[${i}].price must be a finite number of at least 0.`);
  }
  return undefined;
}

function valueFault({ type, value, currency, position }: EventFields): EventFault | undefined {
  if (value === undefined) {
    if (type === 'rating') return fault('VALUE_INVALID', 'A rating needs a value.');
  } else if (!Number.isFinite(value)) {
    return fault('VALUE_INVALID', 'value must be a finite number.');
  } else if (type === 'watch' && value < 0) {
    return fault('VALUE_INVALID', 'The value of a watch must be at least 0.');
  }
  if (currency !== '' && !currencyPattern.test(currency)) return fault('CURRENCY_INVALID', 'currency must be an ISO 4217 code, such as EUR.');
  if (position !== undefined && !(position >= 0)) return fault('POSITION_INVALID', 'position must be at least 0.');
  return undefined;
}

function timeFault(timeMs: number, { nowMs, maxAgeMs }: ValidationRules): EventFault | undefined {
  if (timeMs === 0) return undefined;
  if (!isTime(timeMs)) return fault('TIME_INVALID', 'eventTime is not a time from 1970 on.');
  if (nowMs - timeMs > maxAgeMs) return fault('TOO_OLD', `eventTime is more than ${Math.round(maxAgeMs / 3_600_000)} hours ago: use an import for older events.`);
  if (timeMs - nowMs > EVENT_LIMITS.maxAheadMs) return fault('IN_FUTURE', `eventTime is more than ${EVENT_LIMITS.maxAheadMs / 60_000} minutes ahead.`);
  return undefined;
}

function textFault({ eventId, sessionId, placement, attributionToken }: EventFields): EventFault | undefined {
  const { idCharacters, labelCharacters, tokenCharacters } = EVENT_LIMITS;
  if (eventId.length > idCharacters) return fault('EVENT_ID_INVALID', `eventId must have at most ${idCharacters} characters.`);
  if (sessionId.length > idCharacters) return fault('SESSION_ID_INVALID', `sessionId must have at most ${idCharacters} characters.`);
  if (placement.length > labelCharacters) return fault('PLACEMENT_INVALID', `placement must have at most ${labelCharacters} characters.`);
  if (attributionToken.length > tokenCharacters) return fault('ATTRIBUTION_TOKEN_INVALID', `attributionToken must have at most ${tokenCharacters} characters.`);
  return undefined;
}

function contextFault({ context }: EventFields): EventFault | undefined {
  if (context === undefined) return undefined;
  const { device, locale, country, attributes } = context;
  if (Math.max(device.length, locale.length, country.length) > EVENT_LIMITS.labelCharacters) {
    return fault('CONTEXT_INVALID', `device, locale and country must have at most ${EVENT_LIMITS.labelCharacters} characters.`);
  }
  const problem = attributeProblem('context', attributes, EVENT_LIMITS.contextAttributes);
  return problem && fault(problem.kind === 'invalid' ? 'CONTEXT_INVALID' : 'CONTEXT_TOO_LARGE', problem.detail);
}

function propertiesFault({ properties }: EventFields): EventFault | undefined {
  const problem = attributeProblem('properties', properties, EVENT_LIMITS.attributes);
  return problem && fault(problem.kind === 'invalid' ? 'PROPERTIES_INVALID' : 'PROPERTIES_TOO_LARGE', problem.detail);
}
