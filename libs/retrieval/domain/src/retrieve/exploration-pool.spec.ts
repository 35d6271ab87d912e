import { describe, expect, it } from '@jest/globals';
import { HALF_LIVES_MS, decayedLog } from '@serendip/shared-layouts';
import fc from 'fast-check';
import type { ExplorationRequest, RetrievalRequest, RetrievalResult } from '../request/retrieval-request.js';
import { RetrieverSet } from '../retrievers/retriever-set.js';
import { FakeCatalogue, FakeExpressions, FakeRetrieverLoader, randomRetriever, userStateOf } from '../testing/index.js';
import { CandidateRetriever } from './candidate-retriever.js';

const NOW = 1_750_000_000_000;
const DAY_MS = 86_400_000;
const context = { deadlineMs: Infinity, signal: new AbortController().signal };
const ids = Array.from({ length: 30 }, (_, i) => `item-${i}`);

interface Item { readonly id: string; readonly available: boolean; readonly publishedDaysAgo: number | undefined; readonly shown: number; readonly shownDaysAgo: number; readonly by: string }

const someItem = (id: string): fc.Arbitrary<Item> => fc.record({
  id: fc.constant(id), available: fc.integer({ min: 0, max: 4 }).map((n) => n > 0), publishedDaysAgo: fc.constantFrom(undefined, 0, 1, 5, 9, 40), shown: fc.constantFrom(0, 0, 1, 5, 30),
  shownDaysAgo: fc.constantFrom(0, 3, 14), by: fc.constantFrom('impressions_7d', 'views_7d', 'clicks_7d'),
});
const someCatalogue = fc.tuple(...ids.map(someItem));

async function setUp(items: readonly Item[]) {
  const catalogue = new FakeCatalogue(items.map(({ id, available, publishedDaysAgo, shown, shownDaysAgo, by }) => ({
    id, available, publishedAtMs: publishedDaysAgo === undefined ? -Infinity : NOW - publishedDaysAgo * DAY_MS,
    statistics: shown === 0 ? {} : { [by]: decayedLog(shown, NOW - shownDaysAgo * DAY_MS, HALF_LIVES_MS[1]) },
  })));
  const loader = new FakeRetrieverLoader();
  loader.parts.set('cf@1', randomRetriever(ids.slice(3), { seed: 1 }));
  const clock = (): number => 0;
  const retrievers = new RetrieverSet({ loader, catalogues: catalogue, clock });
  await retrievers.update([{ tenant: 't', name: 'cf', version: 1, bundle: '', digest: '' }]);
  const expressions = new FakeExpressions({ even: { ofItemOnly: true, value: (row) => Number(row % 2 === 0) } });
  return { catalogue, retriever: new CandidateRetriever({ catalogues: catalogue, retrievers, clock, expressions }) };
}

const requestOf = (more: Partial<RetrievalRequest>): RetrievalRequest => ({
  tenant: 't', userState: userStateOf([{ item: 'item-4', type: 'purchase' }, { item: 'item-7', type: 'view' }]), retriever: 'cf@1', seedItemIds: [], givenItemIds: [], excludeItemIds: ['item-1'],
  seenTypes: 1 << 4, categories: [], limit: 8, nowMs: NOW, sources: ['personal', 'popular', 'new'].map((name) => ({ name, limit: 5, window: '', timeoutMs: 0 })), ...more,
});

/** What may be explored, and which of it no other source has. */
function poolOf({ ordinals, sourceBits, sources }: RetrievalResult): { readonly all: number[]; readonly only: number[] } {
  const bit = 1 << sources.findIndex(({ name }) => name === 'exploration');
  return { all: [...ordinals].filter((_, i) => (sourceBits[i]! & bit) !== 0), only: [...ordinals].filter((_, i) => sourceBits[i] === bit) };
}

describe('what may be explored', () => {
  it('is allowed, shown seldom and new, as far as that is asked, and changes nothing of the others', async () => {
    await fc.assert(fc.asyncProperty(someCatalogue, fc.record<ExplorationRequest>({
      shownFewerThan: fc.constantFrom(0, 1, 3, 6), publishedWithinMs: fc.constantFrom(0, 2 * DAY_MS, 10 * DAY_MS), limit: fc.integer({ min: 1, max: 30 }), seed: fc.nat(0xffffffff),
    }), fc.boolean(), async (items, exploration, filtered) => {
      const { catalogue, retriever } = await setUp(items);
      const more = filtered ? { expressions: { filters: ['even'], boosts: [], pins: [], userId: '', context: { device: '', locale: '', country: '', attributes: {} } } } : {};
      const without = await retriever.retrieve(requestOf(more), context);
      const result = await retriever.retrieve(requestOf({ ...more, exploration }), context);

      const expected = items.filter(({ id, available, publishedDaysAgo, shown, shownDaysAgo }) => available && id !== 'item-1' && id !== 'item-4'
        && (!filtered || ids.indexOf(id) % 2 === 0)
        && (exploration.shownFewerThan === 0 || shown * 0.5 ** (shownDaysAgo / 7) < exploration.shownFewerThan)
        && (exploration.publishedWithinMs === 0 || (publishedDaysAgo ?? Infinity) * DAY_MS <= exploration.publishedWithinMs)).map(({ id }) => catalogue.ordinal(id));
      const { all, only } = poolOf(result);
      expect(all).toHaveLength(Math.min(exploration.limit, expected.length));
      for (const ordinal of all) expect(expected).toContain(ordinal);

      const size = without.ordinals.length;
      expect([...result.ordinals.subarray(size)]).toEqual(only);
      expect(result.ordinals.subarray(0, size)).toEqual(without.ordinals);
      expect(result.scores.subarray(0, size)).toEqual(without.scores);
      expect(result.sourceBits.subarray(0, size).map((bits) => bits & ((1 << without.sources.length) - 1))).toEqual(without.sourceBits);
      expect(new Set(result.ordinals).size).toBe(result.ordinals.length);
    }), { numRuns: 300 });
  });

  it('is the same for the same seed, and over many seeds everything that may be', async () => {
    const items = ids.map((id) => ({ id, available: true, publishedDaysAgo: undefined, shown: 0, shownDaysAgo: 0, by: 'views_7d' }));
    const { retriever } = await setUp(items);
    const pool = async (seed: number): Promise<number[]> => poolOf(await retriever.retrieve(requestOf({ exploration: { shownFewerThan: 1, publishedWithinMs: 0, limit: 6, seed } }), context)).all;
    expect(await pool(77)).toEqual(await pool(77));
    const times = new Map<number, number>();
    for (let seed = 0; seed < 300; seed++) for (const ordinal of await pool(seed * 2_654_435_761 % 2 ** 32)) times.set(ordinal, (times.get(ordinal) ?? 0) + 1);
    expect(times.size).toBe(28);
    // 300 · 6 ÷ 28 is 64 on average.
    expect(Math.min(...times.values())).toBeGreaterThan(30);
    expect(Math.max(...times.values())).toBeLessThan(130);
  });

  it('is nothing where nothing may be, and refuses a pool that makes no sense', async () => {
    const { retriever } = await setUp(ids.map((id) => ({ id, available: true, publishedDaysAgo: undefined, shown: 30, shownDaysAgo: 0, by: 'clicks_7d' })));
    const { sources } = await retriever.retrieve(requestOf({ exploration: { shownFewerThan: 3, publishedWithinMs: 0, limit: 6, seed: 1 } }), context);
    expect(sources.map(({ name }) => name)).not.toContain('exploration');
    await expect(retriever.retrieve(requestOf({ exploration: { shownFewerThan: 3, publishedWithinMs: 0, limit: 501, seed: 1 } }), context)).rejects.toMatchObject({ reason: 'LIMIT_OUT_OF_RANGE' });
  });
});
