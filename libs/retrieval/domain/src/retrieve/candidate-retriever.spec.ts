import { describe, expect, it } from '@jest/globals';
import { UserStateView, eventTypeMask, decayedLog, HALF_LIVES_MS } from '@serendip/shared-layouts';
import { AskingTime } from '@serendip/shared-pipeline';
import fc from 'fast-check';
import type { RequestExpressions, RetrievalRequest, RetrievalResult, SourceRequest } from '../request/retrieval-request.js';
import { RetrieverSet } from '../retrievers/retriever-set.js';
import type { RetrieverParts } from '../retrievers/retriever-model.js';
import { FakeCatalogue, FakeExpressions, FakeRetrieverLoader, randomRetriever, userStateOf, type FakeExpression, type FakeItem } from '../testing/index.js';
import { sourceOf } from '../sources/source-catalogue.js';
import { SlowRetrieval } from '../testing/slow-retrieval.js';
import { CandidateRetriever, type CandidateRetrieverParts } from './candidate-retriever.js';

const NOW = 1_750_000_000_000;
const DAY_MS = 86_400_000;
const context = { deadlineMs: Infinity, signal: new AbortController().signal };

function requestOf(more: Partial<Omit<RetrievalRequest, 'sources'>> & { readonly sources?: readonly (Partial<SourceRequest> & { readonly name: string })[] }): RetrievalRequest {
  return {
    tenant: 't', userState: new Uint8Array(0), retriever: '', seedItemIds: [], givenItemIds: [], excludeItemIds: [], seenTypes: 0, categories: [], limit: 10, nowMs: NOW,
    ...more, sources: (more.sources ?? []).map((source) => ({ limit: 10, window: '', timeoutMs: 0, ...source })),
  };
}

async function retrieverOf(catalogue: FakeCatalogue, parts?: RetrieverParts, more: Partial<CandidateRetrieverParts> = {}): Promise<CandidateRetriever> {
  const loader = new FakeRetrieverLoader();
  const clock = (() => { let now = 0; return () => (now += 5000); })();
  const retrievers = new RetrieverSet({ loader, catalogues: catalogue, clock });
  if (parts !== undefined) {
    loader.parts.set('cf@1', parts);
    await retrievers.update([{ tenant: 't', name: 'cf', version: 1, bundle: '', digest: '' }]);
  }
  return new CandidateRetriever({ catalogues: catalogue, retrievers, clock, ...more });
}

const idsOf = ({ ordinals }: RetrievalResult, { columns }: FakeCatalogue): string[] => Array.from(ordinals, (ordinal) => columns.id(columns.rowOf(ordinal)));
const sourcesOf = ({ sourceBits, sources }: RetrievalResult, i: number): string[] => sources.filter((_, bit) => (sourceBits[i]! & (1 << bit)) !== 0).map(({ name }) => name);

const itemIds = Array.from({ length: 40 }, (_, i) => `item-${i}`);
const id = fc.constantFrom(...itemIds);
const item = (known: string): fc.Arbitrary<FakeItem> => fc.record({
  id: fc.constant(known),
  available: fc.boolean().map((x) => x || known.endsWith('3')),
  deleted: fc.integer({ min: 0, max: 9 }).map((x) => x === 0),
  publishedAtMs: fc.constantFrom(-Infinity, NOW - 40 * DAY_MS, NOW - 3 * DAY_MS, NOW - 2 * DAY_MS, NOW - 1000, NOW, NOW + 1),
  expiresAtMs: fc.constantFrom(Infinity, Infinity, NOW + 1, NOW, NOW - 5),
  categories: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }),
  statistics: fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 40 })).map(([weight, days]) => {
    const log = (halfLife: number): number => decayedLog(weight, NOW - days * DAY_MS, halfLife);
    return { engagement_1d: log(HALF_LIVES_MS[0]), engagement_7d: log(HALF_LIVES_MS[1]), engagement_30d: log(HALF_LIVES_MS[2]), engagement_total: weight };
  }),
});
const catalogueItems = fc.integer({ min: 0, max: 40 }).chain((size) => fc.tuple(...itemIds.slice(0, size).map(item)));
const interactions = fc.array(fc.record({ item: id, type: fc.constantFrom('view', 'click', 'purchase', 'dislike', 'search') }), { maxLength: 30 });
const sources = fc.uniqueArray(fc.constantFrom('personal', 'next', 'similar', 'trending', 'popular', 'new', 'given'), { maxLength: 7 }).chain((names) =>
  fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), limit: fc.integer({ min: 1, max: 30 }), window: fc.constantFrom('', '1d', '7d', '30d', 'all'), timeoutMs: fc.constant(0) }))));

const visitContext = { device: '', locale: '', country: '', attributes: {} };
/** Filters, boosts and pins of tests, as functions of an item's number and of the user's id. */
const EXPRESSIONS: Readonly<Record<string, FakeExpression>> = {
  'is even': { ofItemOnly: true, value: (row) => Number(row % 2 === 0) },
  'is rare': { ofItemOnly: true, value: (row) => Number(row % 7 === 3) },
  'is none': { ofItemOnly: true, value: () => 0 },
  'has a': { ofItemOnly: true, value: (row, { columns }) => Number(columns.categoriesOf(row).includes(columns.categories.find('a'))) },
  'is for me': { ofItemOnly: false, value: (row, { userId }) => Number(row % 3 !== userId.length) },
  'like the seed': { ofItemOnly: false, value: (row, { seedRow }) => Number(seedRow >= 0 && row % 4 === seedRow % 4) },
};
const BOOSTS: Readonly<Record<string, FakeExpression>> = { 'even more': { ofItemOnly: true, value: (row) => (row % 2 === 0 ? 20 : 0.5) }, 'by row': { ofItemOnly: true, value: (row) => 1 + row / 4 } };
const expressionsOf = (more: Partial<RequestExpressions>): RequestExpressions => ({ filters: [], boosts: [], pins: [], userId: '', context: visitContext, ...more });

describe('CandidateRetriever', () => {
  it('answers what the slow reference answers, for any catalogue, user and filters', async () => {
    await fc.assert(fc.asyncProperty(
      catalogueItems, fc.option(fc.record({ size: fc.integer({ min: 0, max: 40 }), seed: fc.integer() }), { nil: undefined }), interactions, sources,
      fc.record({
        seeds: fc.array(id, { maxLength: 3 }), given: fc.array(id, { maxLength: 10 }), exclude: fc.array(id, { maxLength: 10 }), shown: fc.array(id, { maxLength: 10 }), seen: fc.subarray(['view', 'click', 'purchase']),
        categories: fc.subarray(['a', 'b', 'x'], { maxLength: 2 }), limit: fc.integer({ min: 1, max: 45 }),
        expressions: fc.option(fc.record({
          filters: fc.subarray(Object.keys(EXPRESSIONS), { maxLength: 2 }), boosts: fc.subarray(Object.keys(BOOSTS)), pins: fc.array(fc.constantFrom(...Object.keys(EXPRESSIONS)), { maxLength: 4 }),
          userId: fc.constantFrom('', 'a', 'ab'), context: fc.constant(visitContext),
        }), { nil: undefined }),
      }),
      async (items, model, history, wanted, more) => {
        const catalogue = new FakeCatalogue(items);
        // The model knows items that the catalogue doesn't, and the other way round.
        const parts = model === undefined ? undefined : randomRetriever(itemIds.slice(40 - model.size).reverse(), { seed: model.seed });
        const request = requestOf({
          userState: userStateOf(history), retriever: 'cf@1', sources: wanted, seedItemIds: more.seeds, givenItemIds: more.given, excludeItemIds: more.exclude,
          excludeOrdinals: Int32Array.from(more.shown, (known) => catalogue.columns.ordinal[catalogue.columns.rowOfId(known)] ?? 999),
          seenTypes: eventTypeMask(more.seen), categories: more.categories, limit: more.limit, expressions: more.expressions,
        });
        const all = { ...EXPRESSIONS, ...BOOSTS };
        const retriever = await retrieverOf(catalogue, parts, { expressions: new FakeExpressions(all) });
        // What is kept from one request to the next must not show.
        await retriever.retrieve({ ...request, limit: 3, categories: [], excludeItemIds: [] }, context);
        const result = await retriever.retrieve(request, context);
        const { columns } = catalogue;
        const values = (name: string, known: string): number => all[name]!.value(columns.rowOfId(known), {
          columns, seedRow: more.seeds[0] === undefined ? -1 : columns.rowOfId(more.seeds[0]), state: new UserStateView(request.userState), userId: more.expressions?.userId ?? '', context: visitContext, nowMs: NOW,
        });
        const slowly = new SlowRetrieval(catalogue, parts, request, values);
        const expected = slowly.candidates();
        expect(result.sources.slice(0, wanted.length).map(({ found }) => found)).toEqual(slowly.found());
        const pins = more.expressions?.pins ?? [];

        const ids = idsOf(result, catalogue);
        expect(result.sources.filter(({ error }) => error !== '')).toEqual([]);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBe(expected.length);
        const byId = new Map(expected.map((candidate) => [candidate.id, candidate]));
        ids.forEach((found, i) => {
          const slow = byId.get(found);
          // Equal scores may fall on either side of the cut.
          if (slow === undefined) return expect(result.scores[i]).toBeCloseTo(expected.at(-1)!.score, 3);
          expect(result.scores[i]).toBeCloseTo(slow.score, 3);
          expect(sourcesOf(result, i)).toEqual(slow.sources);
          expect(result.nextScores[i]).toBeCloseTo(slow.next, 4);
          if (more.expressions !== undefined && more.expressions.boosts.length > 0) expect(result.boosts[i]).toBeCloseTo(slow.boost, 4);
          expect(pins.filter((_, pin) => ((result.pinMatches[i] ?? 0) & (1 << pin)) !== 0)).toEqual(slow.pins);
          if (Number.isNaN(slow.personal)) expect(result.personalScores[i]).toBeNaN();
          else expect(result.personalScores[i]).toBeCloseTo(slow.personal, 3);
        });
        expect([...result.scores].every((score, i) => Number.isFinite(score) && (i === 0 || score <= result.scores[i - 1]!))).toBe(true);
      },
    ), { numRuns: 400 });
  });

  const everything = ['personal', 'next', 'similar', 'trending', 'popular', 'new'].map((name) => ({ name, limit: 20 }));

  it('has personal candidates for a new user after their first event', async () => {
    const catalogue = new FakeCatalogue(itemIds.map((known) => ({ id: known })));
    const retriever = await retrieverOf(catalogue, randomRetriever(itemIds));
    const ask = (userState: Uint8Array): Promise<RetrievalResult> => retriever.retrieve(requestOf({ userState, retriever: 'cf@1', sources: [{ name: 'personal' }] }), context);
    expect((await ask(userStateOf([]))).sources[0]).toMatchObject({ found: 0, error: '' });
    const after = await ask(userStateOf([{ item: 'item-5', type: 'click' }]));
    expect(after.sources).toEqual([expect.objectContaining({ name: 'personal', found: 10, error: '' })]);
    expect(after.personalScores.every(Number.isFinite)).toBe(true);
    const other = await ask(userStateOf([{ item: 'item-6', type: 'click' }]));
    expect(idsOf(other, catalogue)).not.toEqual(idsOf(after, catalogue));
  });

  it('finds items that the model has never seen: as new ones and, by their category, as personal ones', async () => {
    const catalogue = new FakeCatalogue(itemIds.map((known, i) => ({ id: known, categories: [`c${i % 4}`] })));
    const retriever = await retrieverOf(catalogue, randomRetriever(itemIds));
    const request = requestOf({ userState: userStateOf([{ item: 'item-5' }]), retriever: 'cf@1', sources: [{ name: 'personal', limit: 41 }, { name: 'new' }], limit: 41 });
    await retriever.retrieve(request, context);
    catalogue.put([{ id: 'fresh', categories: ['c2'], publishedAtMs: NOW - 1000 }]);
    const result = await retriever.retrieve(request, context);
    const fresh = idsOf(result, catalogue).indexOf('fresh');
    expect(sourcesOf(result, fresh)).toEqual(['personal', 'new']);
    expect(result.personalScores[fresh]).not.toBeNaN();
  });

  it('never shows an item from the moment it is unavailable, and shows it again afterwards', async () => {
    const catalogue = new FakeCatalogue(itemIds.map((known) => ({ id: known, statistics: { engagement_7d: 1 } })));
    const retriever = await retrieverOf(catalogue, randomRetriever(itemIds), { clock: () => 0 });
    const ask = async (nowMs: number): Promise<string[]> => idsOf(await retriever.retrieve(requestOf({ sources: everything, limit: 45, nowMs }), context), catalogue);
    expect(await ask(NOW)).toHaveLength(40);
    catalogue.put([{ id: 'item-1', available: false }, { id: 'item-2', expiresAtMs: NOW + 10 }]);
    expect(await ask(NOW)).toHaveLength(39);
    expect(await ask(NOW + 10)).toHaveLength(38);
    catalogue.put([{ id: 'item-1', available: true }]);
    expect(await ask(NOW)).toHaveLength(40);
  });

  it('leaves out a source that fails, is late or does not exist, and says so', async () => {
    const catalogue = new FakeCatalogue(itemIds.map((known) => ({ id: known, statistics: { engagement_7d: 1 } })));
    const retriever = await retrieverOf(catalogue, undefined, {
      clock: () => performance.now(),
      sourceOf: ({ name, limit }) => ({
        name,
        fetch: (query, inner) => {
          if (name === 'fails') throw new Error('broken');
          if (name === 'rejects') return Promise.reject(new Error('gone'));
          if (name === 'late') return new Promise(() => undefined);
          if (name === 'own') return Promise.resolve({ ordinal: Int32Array.of(catalogue.ordinal('item-3'), catalogue.ordinal('item-4'), 999_999), score: Float32Array.of(2, NaN, 1) });
          return sourceOf({ name, limit, window: '', timeoutMs: 0 }).fetch(query, inner);
        },
      }),
    });
    const result = await retriever.retrieve(requestOf({
      sources: [{ name: 'fails' }, { name: 'rejects' }, { name: 'late', timeoutMs: 1 }, { name: 'nonsense' }, { name: 'own' }, { name: 'popular' }], excludeItemIds: ['item-4'],
    }), context);
    expect(result.sources.map(({ name, error }) => [name, error])).toEqual([
      ['fails', 'broken'], ['rejects', 'gone'], ['late', 'DEADLINE_EXCEEDED'], ['nonsense', 'SOURCE_UNKNOWN'], ['own', ''], ['popular', ''],
    ]);
    const ids = idsOf(result, catalogue);
    expect(ids).toHaveLength(10);
    expect(sourcesOf(result, ids.indexOf('item-3'))).toContain('own');
    expect(ids).not.toContain('item-4');
  });

  it('names a window that does not exist and asks nothing when the deadline is over', async () => {
    const catalogue = new FakeCatalogue([{ id: 'a' }]);
    const retriever = await retrieverOf(catalogue);
    const odd = await retriever.retrieve(requestOf({ sources: [{ name: 'popular', window: '2y' }] }), context);
    expect(odd.sources[0]!.error).toBe('WINDOW_UNKNOWN');
    const late = await retriever.retrieve(requestOf({ sources: [{ name: 'new' }] }), { ...context, deadlineMs: -1 });
    expect(late.sources[0]!.error).toBe('DEADLINE_EXCEEDED');
    expect(idsOf(late, catalogue)).toEqual(['a']);
  });

  it('reports what each filter took out', async () => {
    const catalogue = new FakeCatalogue(itemIds.map((known, i) => ({ id: known, categories: [i < 30 ? 'a' : 'b'], available: i > 0 })));
    const retriever = await retrieverOf(catalogue);
    const { drops } = await retriever.retrieve(requestOf({
      sources: [{ name: 'popular' }], categories: ['a'], excludeItemIds: ['item-1', 'item-1', 'item-35', 'nobody'], userState: userStateOf([{ item: 'item-2', type: 'purchase' }, { item: 'item-3' }]),
      seenTypes: eventTypeMask(['purchase']),
    }), context);
    expect(drops).toEqual([{ filter: 'eligible', dropped: 1 }, { filter: 'categories', dropped: 10 }, { filter: 'excluded', dropped: 1 }, { filter: 'seen', dropped: 1 }]);
  });

  it('asks a filter of the item alone once about an item, and again after it has changed', async () => {
    const catalogue = new FakeCatalogue(itemIds.map((known, i) => ({ id: known, price: i })));
    const cheap: FakeExpression = { ofItemOnly: true, value: (row, { columns }) => Number(columns.price[row]! < 20) };
    const expressions = new FakeExpressions({ cheap, 'cheap now': { ...cheap, ofItemOnly: false } });
    const retriever = await retrieverOf(catalogue, undefined, { expressions });
    const ask = async (...filters: string[]): Promise<string[]> => idsOf(await retriever.retrieve(requestOf({ sources: everything, limit: 40, expressions: expressionsOf({ filters }) }), context), catalogue);
    expect(await ask('cheap')).toEqual(itemIds.slice(0, 20));
    expect(await ask('cheap')).toHaveLength(20);
    expect(expressions.asked.get('cheap')).toBe(40);
    catalogue.put([{ id: 'item-0', price: 30 }, { id: 'item-39', price: 1 }, { id: 'item-40', price: 2 }]);
    expect(new Set(await ask('cheap'))).toEqual(new Set([...itemIds.slice(1, 20), 'item-39', 'item-40']));
    expect(expressions.asked.get('cheap')).toBe(43);
    await ask('cheap now');
    await ask('cheap now');
    expect(expressions.asked.get('cheap now')).toBe(2 * 41);
  });

  it('asks a filter only about what sources consider, and counts what each took out', async () => {
    const catalogue = new FakeCatalogue(Array.from({ length: 2000 }, (_, i) => ({ id: `p${i}`, statistics: { engagement_7d: 2000 - i } })));
    const expressions = new FakeExpressions({ odd: { ofItemOnly: true, value: (row) => row % 2 }, 'not 1': { ofItemOnly: true, value: (row) => Number(row !== 1) } });
    const retriever = await retrieverOf(catalogue, undefined, { expressions });
    const result = await retriever.retrieve(requestOf({ sources: [{ name: 'popular' }], expressions: expressionsOf({ filters: ['odd', 'not 1'] }) }), context);
    expect(idsOf(result, catalogue)).toEqual(Array.from({ length: 10 }, (_, i) => `p${2 * i + 3}`));
    expect(expressions.asked.get('odd')).toBe(22);
    expect(result.drops).toEqual([{ filter: 'filter:0', dropped: 11 }, { filter: 'filter:1', dropped: 1 }]);
  });

  it('finds what a narrow filter leaves, for any source, however large the catalogue', async () => {
    const catalogue = new FakeCatalogue(Array.from({ length: 3000 }, (_, i) => ({ id: `p${i}`, statistics: { engagement_7d: 3000 - i } })));
    const retriever = await retrieverOf(catalogue, randomRetriever(Array.from({ length: 3000 }, (_, i) => `p${i}`)), { clock: () => 0, expressions: new FakeExpressions({ few: { ofItemOnly: false, value: (row) => Number(row % 600 === 599) } }) });
    const ask = (name: string): Promise<RetrievalResult> => retriever.retrieve(requestOf({ retriever: 'cf@1', userState: userStateOf([{ item: 'p1' }]), sources: [{ name, limit: 5 }], limit: 5, expressions: expressionsOf({ filters: ['few'] }) }), context);
    for (const name of ['personal', 'popular', 'new']) expect(idsOf(await ask(name), catalogue).sort()).toEqual(['p1199', 'p1799', 'p2399', 'p2999', 'p599']);
    expect((await ask('personal')).sources[0]!.found).toBe(5);
  });

  it('stops asking a slow filter when its time is over, says so, and goes on the next time', async () => {
    const catalogue = new FakeCatalogue(Array.from({ length: 3000 }, (_, i) => ({ id: `p${i}` })));
    let now = 0;
    const slow: FakeExpression = { ofItemOnly: true, value: (row) => { now += 0.02; return Number(row === 2999); } };
    const retriever = await retrieverOf(catalogue, undefined, { clock: () => now, expressions: new FakeExpressions({ slow }), mostFilterMs: 25 });
    const ask = (): Promise<RetrievalResult> => retriever.retrieve(requestOf({ expressions: expressionsOf({ filters: ['slow'] }) }), context);
    const first = await ask();
    expect(idsOf(first, catalogue)).toEqual([]);
    expect(first.drops.map(({ filter }) => filter)).toEqual(['filter:0', 'unasked']);
    await ask();
    expect(idsOf(await ask(), catalogue)).toEqual(['p2999']);
  });

  it('asks no more when those that came with it have spent the time that they share', async () => {
    const catalogue = new FakeCatalogue(Array.from({ length: 3000 }, (_, i) => ({ id: `p${i}` })));
    let now = 0;
    const dear: FakeExpression = { ofItemOnly: false, value: () => { now += 0.02; return 1; } };
    const retriever = await retrieverOf(catalogue, undefined, { clock: () => now, expressions: new FakeExpressions({ dear }), mostFilterMs: 25 });
    const shared = new AskingTime({ mostMs: 30 });
    const unasked: boolean[] = [];
    for (let i = 0; i < 3; i++) {
      const { drops } = await retriever.retrieve(requestOf({ sources: [{ name: 'popular', limit: 1000 }], limit: 1000, expressions: expressionsOf({ filters: ['dear'] }) }), context, shared);
      unasked.push(drops.some(({ filter }) => filter === 'unasked'));
    }
    expect(unasked).toEqual([false, true, true]);
    expect(now).toBeLessThan(45);
  });

  it('keeps the best match of every pin among few candidates, different ones for equal pins', async () => {
    const catalogue = new FakeCatalogue(itemIds.map((known, i) => ({ id: known, statistics: { engagement_7d: 100 - i } })));
    const retriever = await retrieverOf(catalogue, undefined, { expressions: new FakeExpressions({ late: { ofItemOnly: true, value: (row) => Number(row >= 30) }, none: { ofItemOnly: true, value: () => 0 } }) });
    const result = await retriever.retrieve(requestOf({ sources: [{ name: 'popular', limit: 5 }], limit: 5, expressions: expressionsOf({ pins: ['late', 'none', 'late'] }) }), context);
    expect(idsOf(result, catalogue)).toEqual(['item-0', 'item-1', 'item-30', 'item-31', 'item-32']);
    expect([...result.pinMatches]).toEqual([0, 0, 0b101, 0b101, 0b101]);
    expect(sourcesOf(result, 2)).toEqual(['pin']);
    expect(result.sources.map(({ name, found }) => [name, found])).toEqual([['popular', 5], ['pin', 3]]);
  });

  it('refuses requests that make no sense and tenants whose catalogue it does not know', async () => {
    const catalogue = new FakeCatalogue([{ id: 'a' }]);
    const retriever = await retrieverOf(catalogue);
    const refused = (more: Parameters<typeof requestOf>[0]): Promise<unknown> => expect(retriever.retrieve(requestOf(more), context)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await refused({ limit: 0 });
    await refused({ limit: 2001 });
    await refused({ sources: [{ name: 'popular', limit: 0 }] });
    await refused({ sources: Array.from({ length: 16 }, () => ({ name: 'popular' })) });
    await refused({ nowMs: NaN });
    await refused({ userState: Uint8Array.of(1, 2, 3) });
    const compiling = await retrieverOf(catalogue, undefined, { expressions: new FakeExpressions(EXPRESSIONS) });
    for (const expressions of [{ filters: ['nonsense'] }, { pins: Array<string>(17).fill('is even') }]) {
      await expect(compiling.retrieve(requestOf({ expressions: expressionsOf(expressions) }), context)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    const empty = new CandidateRetriever({ catalogues: { view: () => undefined }, retrievers: new RetrieverSet({ loader: new FakeRetrieverLoader(), catalogues: catalogue, clock: () => 0 }), clock: () => 0 });
    await expect(empty.retrieve(requestOf({}), context)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'CATALOGUE_UNKNOWN' });
  });

  it('resolves ordinals to ids, titles and eligibility', async () => {
    const catalogue = new FakeCatalogue([{ id: 'a', title: 'A' }, { id: 'b', title: 'B', expiresAtMs: NOW }]);
    const retriever = await retrieverOf(catalogue);
    expect(retriever.resolve('t', Int32Array.of(catalogue.ordinal('b'), 5, catalogue.ordinal('a')), NOW)).toEqual([
      { id: 'b', title: 'B', eligible: false }, { id: '', title: '', eligible: false }, { id: 'a', title: 'A', eligible: true },
    ]);
  });
});
