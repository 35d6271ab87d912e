import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';

describe('RateLimiter', () => {
  const takeAll = (limiter: RateLimiter, nowMs: number): number => {
    let taken = 0;
    while (limiter.take('key', nowMs).allowed) taken++;
    return taken;
  };

  it('allows a burst of twice the rate, then the rate', () => {
    const limiter = new RateLimiter(10);
    expect(takeAll(limiter, 0)).toBe(20);
    expect(takeAll(limiter, 1000)).toBe(10);
    expect(takeAll(limiter, 60_000)).toBe(20);
  });

  it('says when one more is allowed', () => {
    const limiter = new RateLimiter(10);
    takeAll(limiter, 0);
    expect(limiter.take('key', 0)).toEqual({ allowed: false, limit: 10, remaining: 0, retryAfterMs: 100 });
    expect(limiter.take('key', 99).allowed).toBe(false);
    expect(limiter.take('key', 100)).toMatchObject({ allowed: true, retryAfterMs: 0 });
  });

  it('keeps keys apart', () => {
    const limiter = new RateLimiter(1);
    takeAll(limiter, 0);
    expect(limiter.take('other', 0).allowed).toBe(true);
  });

  it('shuts nobody out when the clock goes back', () => {
    const limiter = new RateLimiter(10);
    limiter.take('key', 3_600_000);
    expect(takeAll(limiter, 0)).toBe(19);
    expect(takeAll(limiter, 1000)).toBe(10);
  });

  it('lets nobody in while a key owes for what its batches held', () => {
    const limiter = new RateLimiter(10);
    expect(limiter.take('key', 0).allowed).toBe(true);
    limiter.charge('key', 99);
    expect(limiter.take('key', 0)).toEqual({ allowed: false, limit: 10, remaining: 0, retryAfterMs: 8100 });
    expect([limiter.take('key', 8099).allowed, limiter.take('key', 8100).allowed]).toEqual([false, true]);
  });
});
