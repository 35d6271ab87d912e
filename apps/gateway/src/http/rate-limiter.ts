interface Bucket {
  tokens: number;
  atMs: number;
}

export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until one more request is allowed; 0 when one is. */
  readonly retryAfterMs: number;
}

/** A token bucket for each key: `perSecond` refilled evenly, twice that in a burst. A clock that goes back refills nothing and takes nothing. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly perSecond: number) {}

  take(keyId: string, nowMs: number): Allowance {
    const burst = this.perSecond * 2;
    const bucket = this.buckets.get(keyId) ?? { tokens: burst, atMs: nowMs };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * this.perSecond);
    bucket.atMs = nowMs;
    this.buckets.set(keyId, bucket);
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    return {
      allowed, limit: this.perSecond, remaining: Math.max(0, Math.floor(bucket.tokens)),
      retryAfterMs: allowed ? 0 : ((1 - bucket.tokens) / this.perSecond) * 1000,
    };
  }

  /** Takes `count` tokens for what a request that was let in turned out to hold; a bucket may owe some, and then lets nobody in until they are refilled. */
  charge(keyId: string, count: number): void {
    const bucket = this.buckets.get(keyId);
    if (bucket !== undefined) bucket.tokens -= count;
  }
}
