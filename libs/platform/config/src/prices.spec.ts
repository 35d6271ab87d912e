import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadConfig } from './load-config.js';
import { PRICES, costOf, priceConfig, pricesOf } from './prices.js';

describe('prices', () => {
  const config = (env: Record<string, string>) => pricesOf(loadConfig(z.object(priceConfig), env));

  it('are what clouds ask, but for those that are said', () => {
    expect(config({})).toEqual(PRICES);
    expect(config({ SERENDIP_PRICE_CPU_HOUR: '0.02', SERENDIP_PRICE_GPU_HOUR: '3' })).toEqual({ cpuHour: 0.02, gibibyteHour: PRICES.gibibyteHour, gpuHour: 3 });
    expect(() => config({ SERENDIP_PRICE_CPU_HOUR: '-1' })).toThrow(/SERENDIP_PRICE_CPU_HOUR/);
  });

  it('make a cost of what was used', () => {
    const prices = { cpuHour: 1, gibibyteHour: 10, gpuHour: 100 };
    expect(costOf({ cpuSeconds: 3600, gibibyteSeconds: 7200, gpuSeconds: 1800 }, prices)).toBe(1 + 20 + 50);
    expect(costOf({}, prices)).toBe(0);
  });
});
