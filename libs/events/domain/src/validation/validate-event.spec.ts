import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AttributeFields, EventFields } from '../model/event-fields.js';
import { anEvent } from '../testing/an-event.js';
import { EVENT_LIMITS, maxEventBytes } from './limits.js';
import { validateEvent } from './validate-event.js';

const nowMs = 1_800_000_000_000;
const rules = { nowMs, maxAgeMs: EVENT_LIMITS.maxAgeMs };
const reasonOf = (fields: Partial<EventFields>, maxAgeMs: number = rules.maxAgeMs): string | undefined => validateEvent(anEvent(fields), { nowMs, maxAgeMs })?.reason;
const long = 'x'.repeat(257);
const text = (value: string): AttributeFields => ({ value: { case: 'text', value } });
const context = (attributes: Record<string, AttributeFields>, device = ''): Partial<EventFields> => ({ context: { device, locale: '', country: '', attributes } });
const many = (count: number): Record<string, AttributeFields> => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, text('v')]));
const served = { recommendationId: 'r', items: [], arms: [], featureNames: [], features: new Uint8Array(), featureOrdinals: new Uint8Array() };

describe('validateEvent', () => {
  it.each<[string, Partial<EventFields>]>([
    ['a view', {}],
    ['no event id', { eventId: '' }],
    ['an anonymous visitor', { userId: '', anonymousId: 'a1' }],
    ['a search without an item', { type: 'search', items: [] }],
    ['a tenant\'s own type', { type: 'wish.list_add-2' }],
    ['a rating', { type: 'rating', value: 4.5 }],
    ['a negative rating', { type: 'rating', value: -3 }],
    ['a purchase', { type: 'purchase', value: 19.9, currency: 'EUR', items: [{ itemId: 'i1', quantity: 2, price: 9.95 }], position: 0 }],
    ['an event of a minute ago', { eventTimeMs: nowMs - 60_000 }],
    ['a clock slightly ahead', { eventTimeMs: nowMs + 299_000 }],
    ['an event almost too old', { eventTimeMs: nowMs - EVENT_LIMITS.maxAgeMs }],
    ['attributes of every kind', context({
      a: text('t'), b: { value: { case: 'number', value: 1 } }, c: { value: { case: 'flag', value: false } },
      d: { value: { case: 'texts', value: { values: ['x'] } } }, e: { value: { case: 'numbers', value: { values: [1, 2] } } },
    }, 'mobile')],
    ['a slate', { type: '$served', items: [], payload: { case: 'served', value: served } }],
    ['ids as long as allowed', { eventId: long.slice(1), userId: long.slice(1), sessionId: long.slice(1) }],
  ])('accepts %s', (_, fields) => expect(validateEvent(anEvent(fields), rules)).toBeUndefined());

  it.each<[string, Partial<EventFields>]>([
    ['EVENT_ID_INVALID', { eventId: long }],
    ['TYPE_INVALID', { type: '' }],
    ['TYPE_INVALID', { type: 'View' }],
    ['TYPE_INVALID', { type: 'x'.repeat(65) }],
    ['TYPE_RESERVED', { type: '$erase' }],
    ['TYPE_RESERVED', { type: '$item' }],
    ['TYPE_RESERVED', { type: '$user', payload: { case: 'served', value: served } }],
    ['PAYLOAD_UNEXPECTED', { payload: { case: 'served', value: served } }],
    ['WHO_MISSING', { userId: '' }],
    ['WHO_MISSING', { type: '$served', userId: '', payload: { case: 'served', value: served } }],
    ['WHO_MISSING', { type: '$user', userId: '', anonymousId: 'a', payload: { case: 'userChange', value: { kind: 1, fields: [] } } }],
    ['WHO_AMBIGUOUS', { anonymousId: 'a' }],
    ['USER_ID_INVALID', { userId: long }],
    ['ITEM_MISSING', { items: [] }],
    ['ITEM_ID_INVALID', { items: [{ itemId: 'fine', quantity: 0 }, { itemId: '', quantity: 0 }] }],
    ['ITEM_ID_INVALID', { type: 'search', items: [{ itemId: long, quantity: 0 }] }],
    ['PRICE_INVALID', { items: [{ itemId: 'i', quantity: 1, price: -1 }] }],
    ['TOO_MANY_ITEMS', { items: Array.from({ length: 201 }, (_, i) => ({ itemId: `${i}`, quantity: 0 })) }],
    ['VALUE_INVALID', { type: 'rating' }],
    ['VALUE_INVALID', { value: NaN }],
    ['VALUE_INVALID', { type: 'purchase', value: Infinity }],
    ['VALUE_INVALID', { type: 'watch', value: -1 }],
    ['CURRENCY_INVALID', { type: 'purchase', value: 1, currency: 'euro' }],
    ['POSITION_INVALID', { position: -1 }],
    ['SESSION_ID_INVALID', { sessionId: long }],
    ['PLACEMENT_INVALID', { placement: 'x'.repeat(65) }],
    ['ATTRIBUTION_TOKEN_INVALID', { attributionToken: 'x'.repeat(4_097) }],
    ['TIME_INVALID', { eventTimeMs: NaN }],
    ['TIME_INVALID', { eventTimeMs: -1 }],
    ['TIME_INVALID', { eventTimeMs: Infinity }],
    ['TOO_OLD', { eventTimeMs: nowMs - EVENT_LIMITS.maxAgeMs - 1 }],
    ['IN_FUTURE', { eventTimeMs: nowMs + 300_001 }],
    ['CONTEXT_INVALID', context({}, 'x'.repeat(65))],
    ['CONTEXT_INVALID', context({ a: { value: { case: undefined } } })],
    ['CONTEXT_TOO_LARGE', context(many(33))],
    ['CONTEXT_TOO_LARGE', context({ a: text('x'.repeat(2_049)) })],
    ['PROPERTIES_INVALID', { properties: { '': text('v') } }],
    ['PROPERTIES_INVALID', { properties: { a: { value: { case: 'numbers', value: { values: [1, NaN] } } } } }],
    ['PROPERTIES_TOO_LARGE', { properties: many(65) }],
    ['PROPERTIES_TOO_LARGE', { properties: { a: { value: { case: 'texts', value: { values: new Array(257).fill('x') } } } } }],
    ['PROPERTIES_TOO_LARGE', { properties: { ['n'.repeat(65)]: text('v') } }],
  ])('answers %s for %j', (reason, fields) => {
    const fault = validateEvent(anEvent(fields), rules);
    expect(fault?.reason).toBe(reason);
    expect(fault?.detail).toMatch(/^\S.*\.$/);
  });

  it('accepts any age for imports, but not the future', () => {
    expect(reasonOf({ eventTimeMs: 1 }, Infinity)).toBeUndefined();
    expect(reasonOf({ eventTimeMs: nowMs + 300_001 }, Infinity)).toBe('IN_FUTURE');
  });

  it('never throws, whatever the numbers and texts', () => {
    const attributes = fc.dictionary(fc.string(), fc.double().map((value): AttributeFields => ({ value: { case: 'number', value } })));
    const anything = fc.record({
      eventId: fc.string(), type: fc.oneof(fc.string(), fc.constantFrom('view', '$item', 'rating')), userId: fc.string(), anonymousId: fc.string(),
      value: fc.option(fc.double(), { nil: undefined }), eventTimeMs: fc.double(), properties: attributes, currency: fc.string(),
    });
    fc.assert(fc.property(anything, (fields) => {
      const fault = validateEvent(anEvent(fields), rules);
      expect(fault === undefined || fault.detail.length > 0).toBe(true);
    }));
  });

  it('gives internal events more room than a client\'s', () => {
    expect(maxEventBytes('view')).toBe(32 * 1024);
    expect(maxEventBytes('$served')).toBeGreaterThan(maxEventBytes('$item'));
    expect(maxEventBytes('toString')).toBe(32 * 1024);
  });
});
