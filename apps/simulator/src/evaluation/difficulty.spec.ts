import { describe, expect, it } from '@jest/globals';
import { measureDifficulty } from './difficulty.js';

describe('The shop', () => {
  it('is not easy prey, and rewards knowing the shopper', () => {
    const shares = measureDifficulty({ seed: 1, now: Date.UTC(2026, 10, 23, 12), products: 900, shoppers: 350, events: 9_000, sample: 120 });
    const share = Object.fromEntries(shares.map(({ name, overall }) => [name, overall]));
    expect(share.popularity!).toBeLessThanOrEqual(0.4);
    expect(share['item-to-item']!).toBeLessThanOrEqual(0.65);
    expect(share.random!).toBeLessThan(share.popularity!);
    expect(share.popularity!).toBeLessThan(share['item-to-item']!);
    expect(share['item-to-item']!).toBeLessThan(share['taste-estimating']!);
    expect(share['taste-estimating']!).toBeLessThan(1);
  });
});
