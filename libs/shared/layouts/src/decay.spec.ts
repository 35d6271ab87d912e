import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HALF_LIVES_MS, decayedLog, decayedValue, logAdd } from './index.js';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2020, 0, 1);
const time = fc.integer({ min: START_MS - 3650 * DAY_MS, max: START_MS + 36_500 * DAY_MS });
const events = fc.array(fc.record({ weight: fc.double({ min: 1e-3, max: 1e3, noNaN: true }), days: fc.double({ min: 0, max: 100, noNaN: true }) }), { minLength: 1, maxLength: 20 });
const halfLife = fc.constantFrom(...HALF_LIVES_MS);

describe('forward decay', () => {
  it('is worth what the events are worth, each halved once for every half-life since its time', () => {
    fc.assert(fc.property(events, halfLife, time, (list, halfLifeMs, startMs) => {
      const nowMs = startMs + 100 * DAY_MS;
      const log = list.reduce((sum, { weight, days }) => logAdd(sum, decayedLog(weight, startMs + days * DAY_MS, halfLifeMs)), -Infinity);
      const worth = list.reduce((sum, { weight, days }) => sum + weight * 0.5 ** ((nowMs - startMs - days * DAY_MS) / halfLifeMs), 0);
      expect(decayedValue(log, nowMs, halfLifeMs) / worth).toBeCloseTo(1, 6);
    }));
  });

  it('does not depend on the order of events', () => {
    fc.assert(fc.property(events, halfLife, (list, halfLifeMs) => {
      const sumOf = (order: typeof list): number => order.reduce((sum, { weight, days }) => logAdd(sum, decayedLog(weight, START_MS + days * DAY_MS, halfLifeMs)), -Infinity);
      expect(sumOf(list) - sumOf([...list].reverse())).toBeCloseTo(0, 9);
    }));
  });

  it('tells a quiet century from nothing at all', () => {
    const [halfLifeMs] = HALF_LIVES_MS;
    const log = decayedLog(1, START_MS, halfLifeMs);
    const later = decayedLog(1, START_MS + 36_500 * DAY_MS, halfLifeMs);
    expect(Number.isFinite(log) && Number.isFinite(later)).toBe(true);
    expect(logAdd(log, later)).toBe(later);
    expect(decayedValue(log, START_MS + 36_500 * DAY_MS, halfLifeMs)).toBe(0);
  });

  it('has a zero, which adds nothing', () => {
    expect(decayedLog(0, START_MS, DAY_MS)).toBe(-Infinity);
    expect(logAdd(-Infinity, -Infinity)).toBe(-Infinity);
    expect([logAdd(-Infinity, 3), logAdd(3, -Infinity)]).toEqual([3, 3]);
    expect(decayedValue(-Infinity, START_MS, DAY_MS)).toBe(0);
  });
});
