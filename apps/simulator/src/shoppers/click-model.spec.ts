import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '../random.js';
import { bestList, expectedValue, readList, type Offer } from './click-model.js';

const offer = fc.record({
  attraction: fc.double({ min: 0, max: 0.9, noNaN: true }),
  satisfaction: fc.double({ min: 0, max: 1, noNaN: true }),
  value: fc.double({ min: 0, max: 5, noNaN: true }),
});

/** Every ordered list of up to `length` of the offers. */
function* lists(offers: readonly Offer[], length: number): Generator<readonly Offer[]> {
  yield [];
  if (length === 0) return;
  for (const [index, first] of offers.entries()) {
    for (const rest of lists(offers.filter((_, other) => other !== index), length - 1)) yield [first, ...rest];
  }
}

describe('The click model', () => {
  it('has the expected value that sampling converges to', () => {
    const cases: readonly (readonly Offer[])[] = [
      [{ attraction: 0.5, satisfaction: 0.5, value: 2 }, { attraction: 0.3, satisfaction: 0.2, value: 1 }, { attraction: 0.8, satisfaction: 0.9, value: 3 }],
      Array.from({ length: 10 }, (_, i) => ({ attraction: 0.05 * (i + 1), satisfaction: 0.08 * i, value: 1 + (i % 3) })),
    ];
    for (const [at, offers] of cases.entries()) {
      const random = new Random(42, at);
      const samples = 100_000;
      let sum = 0;
      let sumOfSquares = 0;
      for (let i = 0; i < samples; i += 1) {
        const value = readList(offers, random).clicked.reduce((total, position) => total + offers[position]!.value, 0);
        sum += value;
        sumOfSquares += value * value;
      }
      const mean = sum / samples;
      const error = Math.sqrt((sumOfSquares / samples - mean * mean) / samples);
      expect(Math.abs(mean - expectedValue(offers))).toBeLessThan(4 * error);
    }
  });

  it('finds the best of all lists', () => {
    fc.assert(fc.property(fc.array(offer, { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (offers, length) => {
      const chosen = bestList(offers, length);
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen.length).toBeLessThanOrEqual(length);
      let best = 0;
      for (const list of lists(offers, length)) best = Math.max(best, expectedValue(list));
      expect(expectedValue(chosen.map((index) => offers[index]!))).toBeCloseTo(best, 10);
    }), { numRuns: 60 });
  });
});
