import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { engagementWeight, eventTypeCode, eventTypeMask, eventTypeName } from './index.js';

const standard = ['view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'dislike', 'hide', 'search', 'watch', 'impression'];

describe('event types', () => {
  it('have the codes that stand in stored states', () => {
    expect(standard.map(eventTypeCode)).toEqual(standard.map((_, i) => i + 1));
    expect(standard.map(eventTypeCode).map(eventTypeName)).toEqual(standard);
  });

  it('of a tenant have one of the codes 16 to 31 by their names alone', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), (type) => {
      const code = eventTypeCode(`own ${type}`);
      expect(code).toBe(eventTypeCode(`own ${type}`));
      expect(code >= 16 && code <= 31).toBe(true);
      expect(eventTypeName(code)).toBe(`custom-${code}`);
    }));
    expect(eventTypeCode('save_for_later')).toBe(eventTypeCode('save_for_later'));
  });

  it('make masks with a bit for each, none of them negative', () => {
    expect(eventTypeMask([])).toBe(0);
    expect(eventTypeMask(['view', 'purchase'])).toBe(0b10010);
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...standard), fc.string())), (types) => {
      const mask = eventTypeMask(types);
      expect(mask).toBeGreaterThanOrEqual(0);
      for (let code = 0; code < 32; code++) expect((mask >>> code) & 1).toBe(types.some((type) => eventTypeCode(type) === code) ? 1 : 0);
    }));
  });

  it('speak for an item as far as they go, a rating by its value', () => {
    const weight = (type: string, value = NaN): number => engagementWeight(eventTypeCode(type), value);
    expect(weight('purchase')).toBeGreaterThan(weight('add_to_cart'));
    expect(weight('add_to_cart')).toBeGreaterThan(weight('click'));
    expect([weight('dislike'), weight('hide')].every((one) => one < 0)).toBe(true);
    expect([weight('impression'), weight('search')]).toEqual([0, 0]);
    expect([weight('rating', 5), weight('rating', 2.5), weight('rating', -3), weight('rating')]).toEqual([1, 0.5, 0, 1]);
    expect(weight('something of our own', 9)).toBe(1);
  });
});
