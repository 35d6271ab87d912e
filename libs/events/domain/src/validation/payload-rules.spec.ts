import { describe, expect, it } from '@jest/globals';
import type { EventFields, ItemChangeFields, ItemFields, ServedFields, UserChangeFields } from '../model/event-fields.js';
import { anEvent } from '../testing/an-event.js';
import { validateEvent } from './validate-event.js';

const rules = { nowMs: 1_800_000_000_000, maxAgeMs: Infinity };
const faultOf = (fields: Partial<EventFields>) => validateEvent(anEvent(fields), rules);

const item: ItemFields = { id: 'i1', title: 'Lamp', description: 'Bright', categories: ['home'], tags: ['new'], attributes: {}, price: 12, vector: new Uint8Array(8) };
const itemFault = (change: Partial<ItemChangeFields>, fields: Partial<ItemFields> = {}) =>
  faultOf({ type: '$item', userId: '', items: [], payload: { case: 'itemChange', value: { kind: 1, item: { ...item, ...fields }, fields: [], ...change } } });
const userFault = (change: Partial<UserChangeFields>) => faultOf({ type: '$user', items: [], payload: { case: 'userChange', value: { kind: 1, fields: [], ...change } } });
const servedFault = (fields: Partial<ServedFields>) => {
  const served = { recommendationId: 'r1', items: [{ itemId: 'i1' }], arms: [], featureNames: [], features: new Uint8Array(), featureOrdinals: new Uint8Array() };
  return faultOf({ type: '$served', items: [], payload: { case: 'served', value: { ...served, ...fields } } });
};

describe('changes of items', () => {
  it.each<[string, Partial<ItemChangeFields>, Partial<ItemFields>?]>([
    ['a put', {}],
    ['a delete with nothing but the id', { kind: 3 }, { title: '', vector: new Uint8Array() }],
    ['a patch', { kind: 2, fields: ['price', 'attributes.margin'] }],
    ['texts as long as allowed', {}, { title: 'x'.repeat(512), description: 'x'.repeat(8_192), tags: ['x'.repeat(128)] }],
  ])('may be %s', (...[, change, fields]) => expect(itemFault(change, fields)).toBeUndefined());

  it.each<[string, Partial<ItemChangeFields>, Partial<ItemFields>?]>([
    ['of no kind', { kind: 0 }],
    ['of no item', { item: undefined }],
    ['of an item without an id', {}, { id: '' }],
    ['of an item with too long an id', {}, { id: 'x'.repeat(257) }],
    ['with too long a title', {}, { title: 'x'.repeat(513) }],
    ['with too long a description', {}, { description: 'x'.repeat(8_193) }],
    ['with too many categories', {}, { categories: new Array(33).fill('c') }],
    ['with an empty tag', {}, { tags: [''] }],
    ['with too many attributes', {}, { attributes: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, { value: { case: 'flag', value: true } }])) }],
    ['with an attribute that is not a number', {}, { attributes: { a: { value: { case: 'number', value: NaN } } } }],
    ['with a negative price', {}, { price: -1 }],
    ['with a time that is none', {}, { publishedAtMs: NaN }],
    ['with a time before 1970', {}, { expiresAtMs: -1 }],
    ['with a vector of broken length', {}, { vector: new Uint8Array(7) }],
    ['with too long a vector', {}, { vector: new Uint8Array(4 * 4_097) }],
    ['with a vector that is not finite', {}, { vector: new Uint8Array(new Float32Array([1, -Infinity]).buffer) }],
    ['that patch nothing', { kind: 2 }],
    ['that patch a field there is not', { kind: 2, fields: ['colour'] }],
  ])('are refused %s', (...[, change, fields]) => expect(itemFault(change, fields)?.reason).toBe('ITEM_INVALID'));
});

describe('changes of users', () => {
  it('may name the user once or twice', () => {
    expect(userFault({ user: { id: '', attributes: {} } })).toBeUndefined();
    expect(userFault({ user: { id: 'u1', attributes: { plan: { value: { case: 'text', value: 'pro' } } } } })).toBeUndefined();
    expect(userFault({ kind: 3 })).toBeUndefined();
  });

  it.each<[string, Partial<UserChangeFields>]>([
    ['of no kind', { kind: 4 }],
    ['of another user than the event\'s', { user: { id: 'u2', attributes: {} } }],
    ['that patch nothing', { kind: 2 }],
    ['with an attribute without a value', { user: { id: 'u1', attributes: { a: { value: { case: undefined } } } } }],
  ])('are refused %s', (_, change) => expect(userFault(change)?.reason).toBe('USER_INVALID'));
});

describe('slates', () => {
  it('may carry a row of features for each ordinal', () => {
    expect(servedFault({ featureNames: ['a', 'b'], featureOrdinals: new Uint8Array(12), features: new Uint8Array(24) })).toBeUndefined();
  });

  it.each<[string, Partial<ServedFields>]>([
    ['without an id', { recommendationId: '' }],
    ['with an item without an id', { items: [{ itemId: '' }] }],
    ['with too many items', { items: new Array(201).fill({ itemId: 'i' }) }],
    ['with features of another shape', { featureNames: ['a', 'b'], featureOrdinals: new Uint8Array(12), features: new Uint8Array(20) }],
    ['with features nobody named', { features: new Uint8Array(4) }],
  ])('are refused %s', (_, fields) => expect(servedFault(fields)?.reason).toBe('SERVED_INVALID'));
});
