import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TopK } from './top-k.js';

describe('TopK', () => {
  it('keeps the best of what it was offered, whatever the order', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.float(), fc.constantFrom(0, 1, 2)), { maxLength: 100 }), fc.integer({ min: 0, max: 20 }), fc.integer(), (scores, limit, seed) => {
      const best = new TopK().begin(limit);
      const rows = scores.map((_, i) => i).sort((a, b) => Math.sin(a * 7 + seed) - Math.sin(b * 7 + seed));
      for (const row of rows) best.offer(row, scores[row]!);
      const expected = rows.filter((row) => !Number.isNaN(scores[row])).sort((a, b) => (scores[b] === scores[a] ? a - b : scores[b]! > scores[a]! ? 1 : -1)).slice(0, limit);
      expect([...best.take().rows]).toEqual(expected);
      expect(best.take().rows).toHaveLength(0);
    }));
  });
});
