import { describe, expect, it } from '@jest/globals';
import type { Context } from '@serendip/shared-pipeline';
import fc from 'fast-check';
import { Recommender, excludedInSearch, type RecommendationRequest } from '../index.js';
import { FakeParts, documentOf, planOf, requestOf } from '../testing/index.js';

const timeouts = { userState: 50, candidates: 50, ranking: 50, documents: 50 };
const context = (): Context => ({ deadlineMs: performance.now() + 500, signal: new AbortController().signal });
const gone = async (): Promise<never> => { throw new Error('UNAVAILABLE'); };
const ITEMS = 100;

/** A world whose retrieval finds the first `candidates` items by `order` that are not left out of the search, as the embedding service does. */
class World extends FakeParts {
  order = Array.from({ length: ITEMS }, (_, ordinal) => ordinal);

  override retriever = { retrieve: async (request: RecommendationRequest) => {
    const out = new Set(excludedInSearch(request));
    const found = this.order.filter((ordinal) => !out.has(ordinal) && this.documentsByOrdinal.get(ordinal)!.available).slice(0, request.plan.candidates);
    const column = new Float32Array(found.length);
    return {
      ordinals: Int32Array.from(found), scores: column, personalScores: column, nextScores: column, sourceBits: new Uint16Array(found.length).fill(1), sourceNames: ['popular'],
      retriever: 'retriever@1', sources: [], drops: [],
    };
  } };

  /** In retrieval's order. */
  override ranker = { rank: async (_: RecommendationRequest, { ordinals }: { ordinals: Int32Array }) => ({ scores: Float32Array.from(ordinals, (_ordinal, i) => -i), ranker: 'ranker@1' }) };
}

interface Change {
  readonly shuffle: number;
  readonly hidden: readonly number[];
  readonly away: { readonly retriever: boolean; readonly ranker: boolean; readonly documents: boolean; readonly userStates: boolean };
}

async function page(world: World, shown: readonly number[], { limit, candidates, away }: { limit: number; candidates: number; away?: Change['away'] }) {
  const parts = { ...world, now: () => 1000, ...Object.fromEntries(Object.entries(away ?? {}).filter(([, isAway]) => isAway).map(([name]) => [name, { retrieve: gone, rank: gone, read: gone }])) };
  const shownOrdinals = [...shown].sort((a, b) => a - b);
  return new Recommender(parts as World, timeouts).recommend(requestOf({ limit, plan: planOf({ candidates }), shownOrdinals }), context());
}

const change: fc.Arbitrary<Change> = fc.record({
  shuffle: fc.nat(1000), hidden: fc.uniqueArray(fc.nat(ITEMS - 1), { maxLength: 10 }),
  away: fc.record({ retriever: fc.boolean(), ranker: fc.boolean(), documents: fc.boolean(), userStates: fc.boolean() }),
});

describe('the pages of a list', () => {
  it('are the cuts of one list while nothing changes', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: ITEMS }), async (limit, candidates) => {
      const world = new World();
      const shown: number[] = [];
      let hasMore = true;
      for (let pages = 0; hasMore && pages < ITEMS; pages++) {
        const result = await page(world, shown, { limit, candidates });
        shown.push(...result.items.map(({ ordinal }) => ordinal));
        ({ hasMore } = result);
      }
      expect(shown).toEqual(world.order);
    }), { numRuns: 50 });
  });

  it('show nothing twice and leave out nothing that may be shown, whatever changes and whoever is away in between', async () => {
    await fc.assert(fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: ITEMS }), async (changes, limit, candidates) => {
      const world = new World();
      const shown: number[] = [];
      const see = async (away?: Change['away']) => {
        const { items, hasMore } = await page(world, shown, { limit, candidates, ...(away === undefined ? {} : { away }) });
        for (const { ordinal, document } of items) {
          expect(shown).not.toContain(ordinal);
          expect(document!.available).toBe(true);
          shown.push(ordinal);
        }
        return hasMore;
      };
      for (const { shuffle, hidden, away } of changes) {
        world.order = world.order.toSorted((a, b) => ((a * 31 + shuffle) % 101) - ((b * 31 + shuffle) % 101));
        for (let ordinal = 0; ordinal < ITEMS; ordinal++) world.documentsByOrdinal.set(ordinal, documentOf(ordinal, { available: !hidden.includes(ordinal) }));
        await see(away);
      }
      while (await see());
      const visible = [...world.documentsByOrdinal.values()].filter(({ available }) => available).map(({ ordinal }) => ordinal);
      expect(visible.filter((ordinal) => !shown.includes(ordinal))).toEqual([]);
    }), { numRuns: 200 });
  });
});
