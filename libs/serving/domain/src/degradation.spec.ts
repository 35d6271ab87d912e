import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Context } from '@serendip/shared-pipeline';
import { Recommender, isEligible } from './index.js';
import { FakeParts, documentOf, planOf, requestOf } from './testing/index.js';

const timeouts = { userState: 50, candidates: 50, ranking: 50, documents: 50 };
const context = (): Context => ({ deadlineMs: performance.now() + 500, signal: new AbortController().signal });
const gone = async (): Promise<never> => { throw new Error('UNAVAILABLE'); };

describe('the degradation ladder', () => {
  it('always answers a full list of eligible, wanted items, each once, and says what was left out', async () => {
    const failures = fc.record({ userStates: fc.boolean(), retriever: fc.boolean(), ranker: fc.boolean(), documents: fc.boolean() });
    const ordinalSet = fc.uniqueArray(fc.nat(99), { maxLength: 40 });
    await fc.assert(fc.asyncProperty(failures, ordinalSet, ordinalSet, fc.integer({ min: 1, max: 20 }), async (failed, unavailable, excluded, limit) => {
      const parts = new FakeParts();
      for (const ordinal of unavailable) parts.documentsByOrdinal.set(ordinal, documentOf(ordinal, { available: false }));
      const { retriever } = parts;
      // Like the embedding service, it leaves out what is excluded.
      parts.retriever = { retrieve: async (request, ...rest) => {
        const found = await retriever.retrieve(request, ...rest);
        const kept = found.ordinals.filter((ordinal) => !request.excludeItemIds.includes(`item-${ordinal}`));
        const column = new Float32Array(kept.length);
        return { ...found, ordinals: kept, scores: column, personalScores: column, nextScores: column, sourceBits: new Uint16Array(kept.length).fill(1) };
      } };
      if (failed.userStates) parts.userStates = { read: gone };
      if (failed.retriever) parts.retriever = { retrieve: gone };
      if (failed.ranker) parts.ranker = { rank: gone };
      if (failed.documents) parts.documents = { read: gone };
      const excludeItemIds = excluded.map((ordinal) => `item-${ordinal}`);
      const { items, degraded } = await new Recommender(parts, timeouts).recommend(requestOf({ limit, excludeItemIds }), context());
      expect(items).toHaveLength(Math.min(limit, 100 - new Set([...unavailable, ...excluded]).size));
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
      for (const { id, document } of items) {
        expect(excludeItemIds).not.toContain(id);
        expect(isEligible(document!, 1000)).toBe(true);
      }
      expect(degraded.length > 0).toBe(Object.values(failed).some(Boolean));
      expect(degraded.some(({ stage }) => stage === 'user-state')).toBe(failed.userStates);
    }), { numRuns: 200 });
  });

  it('answers a full list when there is no time at all, without asking for anything', async () => {
    let asked = 0;
    const ask = async (): Promise<never> => { asked++; throw new Error('UNAVAILABLE'); };
    const parts = Object.assign(new FakeParts(), { userStates: { read: ask }, retriever: { retrieve: ask }, ranker: { rank: ask } });
    const { items, degraded } = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 10 }), { deadlineMs: performance.now() - 1, signal: new AbortController().signal });
    expect([items.length, asked]).toEqual([10, 0]);
    expect(degraded).toEqual(expect.arrayContaining(['user-state', 'candidates', 'ranking'].map((stage) => ({ stage, reason: 'DEADLINE_EXCEEDED' }))));
  });

  it('ranks a given list as long as it is', async () => {
    const parts = new FakeParts();
    for (let ordinal = 0; ordinal < 1000; ordinal++) parts.documentsByOrdinal.set(ordinal, documentOf(ordinal));
    const { items } = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 900, plan: planOf({ candidates: 900 }) }), context());
    expect(items).toHaveLength(900);
    expect(items[0]!.ordinal).toBe(899);
  });
});
