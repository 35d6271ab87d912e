import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryAfterOf, retryDelay } from './backoff.js';
import { newId } from './ids.js';

describe('retryDelay', () => {
  it('is never before what the server asked for, and never more than a minute later', () => {
    fc.assert(fc.property(fc.nat(2000), fc.nat(100_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, retryAfterMs, random) => {
      const delay = retryDelay(failures, { retryAfterMs, random });
      expect(delay).toBeGreaterThanOrEqual(retryAfterMs);
      expect(delay).toBeLessThanOrEqual(retryAfterMs + Math.min(60_000, 500 * 2 ** failures));
    }));
  });
});

describe('retryAfterOf', () => {
  it.each([[null, 0], ['3', 3000], ['Tue, 24 Nov 2026 00:00:10 GMT', 10_000], ['Tue, 24 Nov 2026 00:00:00 GMT', 0], ['soon', 0], ['-1', 0]])('of %j is %d ms', (header, ms) => {
    expect(retryAfterOf(header, Date.UTC(2026, 10, 24))).toBe(ms);
  });
});

describe('newId', () => {
  it('is a UUIDv7, and each sorts after the one before whatever the clock does', () => {
    fc.assert(fc.property(fc.array(fc.nat(2 ** 41), { minLength: 2, maxLength: 50 }), (times) => {
      const ids = times.map((ms) => newId(ms));
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect([...ids].sort()).toEqual(ids);
    }));
    const many = Array.from({ length: 10_000 }, () => newId(2 ** 41 + 1));
    expect([...many].sort()).toEqual(many);
    expect(new Set(many).size).toBe(many.length);
  });
});
