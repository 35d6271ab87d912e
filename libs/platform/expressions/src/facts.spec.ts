import { describe, expect, it } from '@jest/globals';
import { contextFacts, userFacts } from './index.js';

const NOON = Date.UTC(2026, 6, 1, 12);

describe('facts', () => {
  it('have what is known of a visit, and the hour of the visitor', () => {
    expect(contextFacts({ device: 'mobile', locale: '', attributes: { device: 'odd', page: 'home' } }, NOON)).toEqual({ device: 'mobile', page: 'home', hour: 12 });
    const hour = (attributes: Record<string, unknown>): unknown => contextFacts({ attributes }, NOON)['hour'];
    expect([hour({ timeZone: 'Europe/Oslo' }), hour({ timeZone: 'nowhere', utcOffsetMinutes: -330 }), hour({ utcOffsetMinutes: 1e9 }), hour({ hour: 3 }), hour({ timeZone: 'Asia/Tokyo' })]).toEqual([14, 6, 12, 12, 21]);
  });

  it('have the profile and the id of a user', () => {
    expect(userFacts('ann', { id: 'profile', age: 3 })).toEqual({ id: 'ann', age: 3 });
    expect(userFacts('', { age: 3 })).toEqual({ age: 3 });
  });
});
