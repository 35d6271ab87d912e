import { describe, expect, it } from '@jest/globals';
import type { Context } from '@serendip/shared-pipeline';
import { Recommender, reasonsFor, signAttribution, verifyAttribution, type Recommendation } from './index.js';
import { FakeParts, documentOf, planOf, requestOf } from './testing/index.js';

const timeouts = { userState: 20, candidates: 20, ranking: 20, documents: 20 };
const context = (): Context => ({ deadlineMs: performance.now() + 500, signal: new AbortController().signal });
const never = (): Promise<never> => new Promise(() => undefined);
const gone = async (): Promise<never> => { throw new Error('UNAVAILABLE'); };
const ordinals = ({ items }: Recommendation): number[] => items.map(({ ordinal }) => ordinal);
const stages = ({ degraded }: Recommendation): string[] => degraded.map(({ stage }) => stage);

describe('Recommender', () => {
  it('answers in the ranker\'s order, with documents and the models that were used', async () => {
    const answer = await new Recommender(new FakeParts(), timeouts).recommend(requestOf({ limit: 3 }), context());
    expect(ordinals(answer)).toEqual([99, 98, 97]);
    expect(answer.items[0]).toMatchObject({ id: 'item-99', source: 'popular', document: { fields: { title: 'Item 99' } } });
    expect(answer.models).toEqual({ retriever: 'retriever@1', ranker: 'ranker@1' });
    expect(answer.degraded).toEqual([]);
  });

  it('keeps retrieval\'s order when the ranker is gone, and says so', async () => {
    const parts = new FakeParts();
    parts.ranker = { rank: gone };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 3 }), context());
    expect(ordinals(answer)).toEqual([0, 1, 2]);
    expect(answer.degraded).toEqual([{ stage: 'ranking', reason: 'UNAVAILABLE' }]);
    expect(answer.models.ranker).toBeUndefined();
  });

  it('explains rows by what they were made of, and says what stands behind each value', async () => {
    const parts = new FakeParts();
    const { retriever, explainer, ranker } = parts;
    parts.ranker = { rank: async (...given) => ({ ...await ranker.rank(...given), rows: { names: ['price'], ordinals: Int32Array.from(given[1].ordinals), values: Float32Array.from(given[1].ordinals) } }) };
    const record = new Uint8Array(64);
    record[0] = 2;
    parts.userStates = { read: async () => ({ record, mergedInto: '' }) };
    parts.retriever = {
      retrieve: async (...asked) => {
        const found = await retriever.retrieve(...asked);
        return { ...found, personalScores: Float32Array.from(found.ordinals, (ordinal) => ordinal / 2), nextScores: Float32Array.from(found.ordinals, (ordinal) => ordinal * 2) };
      },
    };
    const asked: unknown[] = [];
    parts.explainer = {
      explain: async (request, rows, context) => {
        asked.push([[...rows.ordinals], [...rows.personalScores], [...rows.nextScores], rows.userState]);
        const explained = await explainer.explain(request, rows, context);
        return { ...explained, statuses: Array.from(rows.values, (_, i) => (i === 0 ? 'OUTSIDE_MAX_AGE' : 'PRESENT')), newestMs: Float64Array.from(rows.values, (_, i) => (i === 0 ? 500 : NaN)) };
      },
    };
    const ask = async () => (await new Recommender(parts, timeouts).recommend(requestOf({ limit: 2, explain: true }), context())).items.map(({ why }) => why!.features[0]!);
    const [first, second] = await ask();
    expect(asked).toEqual([[[99, 98], [49.5, 49], [198, 196], record]]);
    expect([first, second]).toEqual([expect.objectContaining({ status: 'OUTSIDE_MAX_AGE', newestAtMs: 500 }), expect.objectContaining({ status: 'PRESENT' })]);
    expect(second).not.toHaveProperty('newestAtMs');
    parts.explainer = { explain: async (...given) => ({ ...await explainer.explain(...given), statuses: [], newestMs: new Float64Array(0) }) };
    for (const feature of await ask()) expect(Object.keys(feature)).not.toEqual(expect.arrayContaining([expect.stringMatching(/status|newest/)]));
  });

  it('goes on without the user state when it does not come in time', async () => {
    const parts = new FakeParts();
    parts.userStates = { read: never };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf(), context());
    expect(answer.items).toHaveLength(10);
    expect(stages(answer)).toEqual(['user-state']);
  });

  it('ranks the fallback list when candidates are gone', async () => {
    const parts = new FakeParts();
    parts.retriever = { retrieve: gone };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 3 }), context());
    expect(ordinals(answer)).toEqual([99, 98, 97]);
    expect(answer.items[0]!.source).toBe('fallback');
    expect(stages(answer)).toEqual(['candidates']);
  });

  it('answers a full list with every service gone', async () => {
    const parts = new FakeParts();
    Object.assign(parts, { userStates: { read: gone }, retriever: { retrieve: never }, ranker: { rank: gone }, documents: { read: gone } });
    const answer = await new Recommender(parts, timeouts).recommend(requestOf({ excludeItemIds: ['item-0'] }), context());
    expect(ordinals(answer)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(new Set(stages(answer))).toEqual(new Set(['user-state', 'candidates', 'ranking', 'documents']));
  });

  it('answers a full list when the ranker takes what time is left for the fallback list', async () => {
    const parts = new FakeParts();
    Object.assign(parts, { retriever: { retrieve: gone }, ranker: { rank: never } });
    for (const plan of [{}, { caps: [{ group: 'categories', limit: 1, window: 2 }] }]) {
      const answer = await new Recommender(parts, { ...timeouts, ranking: 1000 }).recommend(requestOf({ plan: planOf(plan) }), { ...context(), deadlineMs: performance.now() + 20 });
      expect(answer.items).toHaveLength(10);
    }
  });

  it('changes nothing any more with what comes too late', async () => {
    const parts = new FakeParts();
    const { ranker, documents } = parts;
    const late = async <T>(answer: T, ms: number): Promise<T> => { await new Promise((resolve) => setTimeout(resolve, ms)); return answer; };
    parts.ranker = { rank: (...asked) => late(undefined, 30).then(() => ranker.rank(...asked)) };
    parts.documents = { read: (...asked) => late(undefined, 20).then(() => documents.read(...asked)) };
    const answer = await new Recommender(parts, { ...timeouts, ranking: 15, documents: 100 }).recommend(requestOf({ limit: 3 }), context());
    expect({ ordinals: ordinals(answer), models: answer.models, stages: stages(answer) }).toEqual({ ordinals: [0, 1, 2], models: { retriever: 'retriever@1' }, stages: ['ranking'] });
  });

  it('answers a full list when no time is left for anything', async () => {
    const answer = await new Recommender(new FakeParts(), timeouts).recommend(requestOf({ limit: 7 }), { ...context(), deadlineMs: performance.now() - 1 });
    expect(answer.items).toHaveLength(7);
    expect(stages(answer)).toContain('candidates');
  });

  it('reads no more documents than the list and whether there is a next page need, and all of the reserve where rules or an explanation look at it', async () => {
    const parts = new FakeParts();
    const { documents } = parts;
    let read: number[] = [];
    parts.documents = { read: async (tenant, wanted, ctx) => { read.push(wanted.length); return documents.read(tenant, wanted, ctx); } };
    const ask = async (more: Parameters<typeof requestOf>[0]) => {
      read = [];
      const answer = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 3, ...more }), context());
      return { ordinals: ordinals(answer), hasMore: answer.hasMore, read };
    };
    expect(await ask({})).toEqual({ ordinals: [99, 98, 97], hasMore: true, read: [4] });
    expect(await ask({ explain: true })).toMatchObject({ ordinals: [99, 98, 97], read: [26] });
    expect((await ask({ plan: planOf({ diversity: 0.1 }) })).read).toEqual([90]);
    parts.documentsByOrdinal.set(98, documentOf(98, { available: false }));
    expect(await ask({})).toEqual({ ordinals: [99, 97, 96], hasMore: true, read: [4, 22] });
    for (let ordinal = 0; ordinal < 97; ordinal++) parts.documentsByOrdinal.delete(ordinal);
    expect((await ask({})).read).toEqual([4, 22, 26, 26, 22]);
  });

  it('asks for the newest documents of the fallback list too, and never shows what is gone', async () => {
    const parts = new FakeParts();
    const kept = [...parts.documentsByOrdinal.values()];
    parts.fallback = { items: () => kept };
    parts.retriever = { retrieve: gone };
    parts.documentsByOrdinal.set(99, documentOf(99, { available: false }));
    const answer = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 2 }), context());
    expect(ordinals(answer)).toEqual([98, 97]);
  });

  it('shows the fallback list when nobody knows what most candidates are', async () => {
    const parts = new FakeParts();
    parts.documents = { read: async (_, wanted) => ({ documents: wanted.map(() => undefined), degraded: 'DOCUMENTS_MAY_BE_OLD' }) };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf(), context());
    expect(answer.items).toHaveLength(10);
    expect(stages(answer)).toContain('documents');
  });

  it('shows the fallback list when the documents of candidates can not be had', async () => {
    const parts = new FakeParts();
    parts.documents = { read: gone };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf(), context());
    expect(answer.items).toHaveLength(10);
    expect(stages(answer)).toContain('documents');
  });

  it('fills the place of items that turn out not to be eligible', async () => {
    const parts = new FakeParts();
    for (let ordinal = 90; ordinal < 100; ordinal++) parts.documentsByOrdinal.set(ordinal, documentOf(ordinal, { available: false }));
    const answer = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 10 }), context());
    expect(ordinals(answer)).toEqual([89, 88, 87, 86, 85, 84, 83, 82, 81, 80]);
  });

  it('checks by the moment that is asked for whether an item may be shown', async () => {
    const parts = new FakeParts();
    parts.documentsByOrdinal.set(99, documentOf(99, { expiresAtMs: 500 }));
    parts.documentsByOrdinal.set(98, documentOf(98, { publishedAtMs: 500 }));
    const best = async (more: object): Promise<number[]> => ordinals(await new Recommender(parts, timeouts).recommend(requestOf({ limit: 2, ...more }), context()));
    expect(await best({})).toEqual([98, 97]);
    expect(await best({ nowMs: 400, asOfMs: 400 })).toEqual([99, 97]);
  });

  it('names a source that failed and a retriever that is not loaded', async () => {
    const parts = new FakeParts();
    const { retriever } = parts;
    parts.retriever = { retrieve: async (...args) => ({
      ...(await retriever.retrieve(...args)), retriever: '', sources: [{ name: 'trending', found: 0, tookMs: 1, error: 'DEADLINE_EXCEEDED' }],
    }) };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf(), context());
    expect(answer.degraded).toEqual([
      { stage: 'source:trending', reason: 'DEADLINE_EXCEEDED' }, { stage: 'retriever', reason: 'RETRIEVER_NOT_LOADED' },
    ]);
  });

  it('refuses a ranker that answers another number of scores', async () => {
    const parts = new FakeParts();
    parts.ranker = { rank: async () => ({ scores: new Float32Array(1), ranker: 'ranker@1' }) };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf({ limit: 2 }), context());
    expect(ordinals(answer)).toEqual([0, 1]);
    expect(stages(answer)).toEqual(['ranking']);
  });

  it('does not call a ranker that is not planned', async () => {
    const parts = new FakeParts();
    parts.ranker = { rank: gone };
    const answer = await new Recommender(parts, timeouts).recommend(requestOf({ plan: planOf({ ranker: '' }) }), context());
    expect(answer.degraded).toEqual([]);
  });
});

describe('reasonsFor', () => {
  it('speaks of sources and of features that raised the score, and never says nothing', () => {
    const because = (features: readonly { readonly name: string; readonly contribution: number }[]) => ({
      ranks: { adjusted: 1, slot: 1 }, heads: [], rules: [], features: features.map((feature) => ({ ...feature, value: 1, mean: 0, words: '', is: 1, usually: 0 })),
    });
    const item = {
      ordinal: 1, id: 'a', score: 1, source: 'personal', sources: ['personal'], propensity: 1, isExplored: false, document: documentOf(1, { fields: { categories: ['Kitchen', 'Coffee'] } }),
      why: because([{ name: 'category_affinity', contribution: 0.4 }, { name: 'price_distance', contribution: -0.2 }, { name: 'price_log', contribution: 1 }]),
    };
    expect(reasonsFor(item)).toEqual(['Fits what you have been looking at', 'You have been interested in Coffee']);
    expect(reasonsFor({ ...item, sources: [], why: because([]) })).toHaveLength(1);
  });
});

describe('attribution tokens', () => {
  const key = new Uint8Array(32).fill(7);
  const attribution = { recommendationId: 'r', placement: 'home', arms: [], servedAtMs: 5 };

  it('come back as they were signed', () => {
    expect(verifyAttribution(signAttribution(attribution, key), key)).toEqual(attribution);
  });

  it('are refused when changed, signed with another key, or no token at all', () => {
    const token = signAttribution(attribution, key);
    const [body, signature] = token.split('.');
    for (const bad of [`x${body}.${signature}`, `${body}.${signature}x`, `${body}.`, '', 'a.b.c', signAttribution(attribution, new Uint8Array(32))]) {
      expect(verifyAttribution(bad, key)).toBeUndefined();
    }
  });
});
