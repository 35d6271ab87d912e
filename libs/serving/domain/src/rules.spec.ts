import { describe, expect, it } from '@jest/globals';
import type { Context } from '@serendip/shared-pipeline';
import { Recommender, type ItemDocument, type PlacementPlan, type PlannedRule, type Recommendation, type RecommendationRequest } from './index.js';
import { FakeParts, documentOf, expressionOf, filteringRetriever, planOf, requestOf } from './testing/index.js';

const timeouts = { userState: 50, candidates: 50, ranking: 50, documents: 50 };
const context = (): Context => ({ deadlineMs: performance.now() + 500, signal: new AbortController().signal });
const ordinals = ({ items }: Recommendation): number[] => items.map(({ ordinal }) => ordinal);

/** Parts whose item n has category n mod 10, and whose retriever does what rules ask of it. */
function setUp(): FakeParts {
  const parts = new FakeParts();
  for (let ordinal = 0; ordinal < 100; ordinal++) parts.documentsByOrdinal.set(ordinal, documentOf(ordinal, { fields: { categories: [`c${ordinal % 10}`], tags: [], attributes: { n: ordinal } } }));
  parts.retriever = filteringRetriever(parts);
  return parts;
}

const n = ({ fields }: ItemDocument): number => (fields.attributes as { n: number }).n;

const ask = (parts: FakeParts, plan: Partial<PlacementPlan>, more: Partial<RecommendationRequest> = {}): Promise<Recommendation> =>
  new Recommender(parts, timeouts).recommend(requestOf({ limit: 4, plan: planOf(plan), ...more }), context());

const rule = (name: string, more: Partial<PlannedRule>): PlannedRule => ({ level: 'placement', name, ...more });
const odd = rule('odd', { filter: expressionOf('odd', (item) => n(item) % 2 === 1) });

describe('rules', () => {
  it('show only what every filter holds for, of whatever level', async () => {
    const rules = [odd, rule('low', { level: 'request', filter: expressionOf('low', (item) => n(item) < 50) })];
    expect(ordinals(await ask(setUp(), { rules }))).toEqual([49, 47, 45, 43]);
  });

  it('hold while candidates, or documents besides, are away', async () => {
    const gone = async (): Promise<never> => { throw new Error('UNAVAILABLE'); };
    const boost = rule('boost', { boost: expressionOf('boost', (item) => (n(item) === 11 ? 100 : 1)) });
    const pin = rule('pin', { pin: { slot: 2, expression: expressionOf('five', (item) => n(item) === 5) } });
    for (const documents of [{}, { documents: { read: gone } }]) {
      const parts = Object.assign(setUp(), { retriever: { retrieve: gone } }, documents);
      const answer = await ask(parts, { rules: [odd, boost, pin], caps: [{ group: 'categories', limit: 1, window: 4 }] });
      expect(ordinals(answer)).toEqual([11, 5, 99, 97]);
      expect(answer.items[0]!.source).toBe('fallback');
    }
  });

  it('that are too dear are asked for a while only: the search has the word then, and of the fallback list nothing unasked is shown', async () => {
    const slow = (source: string) => expressionOf(source, (item) => {
      for (const end = performance.now() + 1; performance.now() < end;);
      return n(item) % 2 === 1;
    });
    const dear = rule('dear', { filter: slow('dear') });
    const parts = setUp();
    const { retriever } = parts;
    parts.retriever = { retrieve: (request, ...rest) => retriever.retrieve({ ...request, plan: { ...request.plan, rules: [odd] } }, ...rest) };
    const searched = await ask(parts, { rules: [dear] }, { limit: 40 });
    expect(searched.items).toHaveLength(40);
    expect(searched.degraded).toEqual([{ stage: 'documents', reason: 'RULES_TOO_DEAR' }]);
    const fallback = await ask(Object.assign(setUp(), { retriever: { retrieve: async () => { throw new Error('UNAVAILABLE'); } } }), { rules: [dear] }, { limit: 40 });
    expect(fallback.items.length).toBeGreaterThan(3);
    expect(fallback.items.length).toBeLessThan(30);
    for (const ordinal of [...ordinals(searched), ...ordinals(fallback)]) expect(ordinal % 2).toBe(1);
  });

  it('multiply a score, and divide one below zero', async () => {
    const boost = (factor: number) => rule('b', { boost: expressionOf('b', (item) => (n(item) === 50 ? factor : 1)) });
    expect(ordinals(await ask(setUp(), { rules: [boost(3)] }))[0]).toBe(50);
    const negative = setUp();
    negative.ranker = { rank: async (_, { ordinals: column }) => ({ scores: Float32Array.from(column, (ordinal) => ordinal - 1000), ranker: 'r@1' }) };
    expect(ordinals(await ask(negative, { rules: [boost(3)] }))[0]).toBe(50);
    expect(ordinals(await ask(negative, { rules: [boost(0.5)] }))).not.toContain(50);
  });

  it('go with what impressions do to a score, and both are explained', async () => {
    const parts = setUp();
    const { retriever } = parts;
    parts.retriever = {
      retrieve: async (...asked) => {
        const found = await retriever.retrieve(...asked);
        return { ...found, impressionFactors: Float32Array.from(found.ordinals, (ordinal) => (ordinal > 50 ? 0.5 : 1)) };
      },
    };
    const boost = rule('b', { boost: expressionOf('b', (item) => (n(item) === 80 ? 2 : 1)) });
    const answer = await ask(parts, { rules: [boost], impressionDiscount: 0.5 }, { explain: true, limit: 3 });
    expect(answer.items.map(({ ordinal, score }) => [ordinal, score])).toEqual([[80, 80], [50, 50], [99, 49.5]]);
    expect(answer.items.map(({ why }) => why!.rules.map(({ rule: name, effect }) => `${name}: ${effect}`))).toEqual([
      ['placement:b: score × 2', 'impressions: score × 0.5'], [], ['impressions: score × 0.5'],
    ]);
  });

  it('count a boost as 0.01 to 100, and as 1 when it is no number', async () => {
    const scores = async (factor: number): Promise<number> => (await ask(setUp(), { rules: [rule('b', { boost: expressionOf('b', () => factor) })] })).items[0]!.score;
    expect(await scores(1e9)).toBe(9900);
    expect(await scores(0)).toBeCloseTo(0.99);
    expect(await scores(NaN)).toBe(99);
  });

  it('apply only where their condition holds, which is asked once', async () => {
    let asked = 0;
    const when = (holds: boolean) => ({ source: 'when', evaluate: () => { asked++; return holds; } });
    expect(ordinals(await ask(setUp(), { rules: [{ ...odd, when: when(true) }] }))).toEqual([99, 97, 95, 93]);
    expect(asked).toBe(1);
    expect(ordinals(await ask(setUp(), { rules: [{ ...odd, when: when(false) }] }))).toEqual([99, 98, 97, 96]);
  });

  it('pin the best that matches, however low it is, the placement\'s pin before the tenant\'s', async () => {
    const pin = (level: 'tenant' | 'placement', slot: number, value: number) => rule(`${level}${value}`, { level, pin: { slot, expression: expressionOf('is', (item) => n(item) <= value) } });
    expect(ordinals(await ask(setUp(), { rules: [pin('tenant', 2, 3)] }))).toEqual([99, 3, 98, 97]);
    expect(ordinals(await ask(setUp(), { rules: [pin('tenant', 2, 3), pin('placement', 2, 5)] }))).toEqual([99, 5, 98, 97]);
    expect(ordinals(await ask(setUp(), { rules: [odd, pin('tenant', 2, 4)] }))).toEqual([99, 3, 97, 95]);
  });

  it('count slots over all pages', async () => {
    const pin = (slot: number) => rule('pin', { pin: { slot, expression: expressionOf('is', (item) => n(item) <= 3) } });
    const second = { shownOrdinals: [99, 98, 97, 96] };
    expect(ordinals(await ask(setUp(), { rules: [pin(6)] }, second))).toEqual([95, 3, 94, 93]);
    expect(ordinals(await ask(setUp(), { rules: [pin(2)] }, second))).toEqual([95, 94, 93, 92]);
    expect((await ask(setUp(), { rules: [pin(6)] }, second)).hasMore).toBe(true);
  });

  it('spread categories by caps, and end the list where they must when it is strict', async () => {
    const caps = [{ group: 'categories', limit: 1, window: 12 }];
    const twelve = { limit: 12 };
    const filled = await ask(setUp(), { caps }, twelve);
    expect(filled.items).toHaveLength(12);
    expect(new Set(ordinals(filled).slice(0, 10).map((ordinal) => ordinal % 10)).size).toBe(10);
    expect((await ask(setUp(), { caps, fill: 'strict' }, twelve)).items).toHaveLength(10);
  });

  it('spread likenesses by diversity', async () => {
    const parts = setUp();
    for (let ordinal = 90; ordinal < 100; ordinal++) parts.documentsByOrdinal.set(ordinal, documentOf(ordinal, { fields: { categories: ['same'] } }));
    const spread = ordinals(await ask(parts, { diversity: 0.9 }));
    expect(spread[0]).toBe(99);
    expect(spread.filter((ordinal) => ordinal >= 90)).toHaveLength(1);
  });

  it('take the newest document\'s word, and make up the list from what is left', async () => {
    const parts = setUp();
    // Retrieval does not know yet that most items have become even.
    for (let ordinal = 7; ordinal < 100; ordinal += 2) parts.documentsByOrdinal.set(ordinal, documentOf(ordinal, { fields: { attributes: { n: 0 } } }));
    const stale = setUp();
    parts.retriever = stale.retriever;
    const answer = await ask(parts, { rules: [odd] }, { explain: true });
    expect(ordinals(answer)).toEqual([5, 3, 1]);
    expect(answer.steps!.map(({ stage, in: before, out, dropped }) => ({ stage, in: before, out, dropped }))).toEqual([
      { stage: 'user-state', in: 0, out: 0, dropped: [] },
      { stage: 'candidates', in: 100, out: 50, dropped: [{ rule: 'placement:odd', dropped: 50 }] },
      { stage: 'ranking', in: 50, out: 50, dropped: [] },
      { stage: 'selection', in: 50, out: 28, dropped: [{ rule: 'score', dropped: 22 }] },
      // The reserve was not enough: all others were read too.
      { stage: 'documents', in: 50, out: 3, dropped: [{ rule: 'placement:odd', dropped: 47 }] },
      { stage: 'answer', in: 3, out: 3, dropped: [] },
    ]);
  });

  it('take the search\'s word about the item that is looked at', async () => {
    const near = (by: number) => ({ ...expressionOf('near', (item: ItemDocument) => Math.abs(n(item) - 20) < by), usesSeed: true });
    const rules = [rule('near', { filter: near(6) }), rule('nearest', { pin: { slot: 2, expression: near(1) } })];
    const parts = setUp();
    expect(ordinals(await ask(parts, { rules }))).toEqual([25, 20, 24, 23]);
    const unknown = rules.map(({ filter, pin, ...rest }) => ({ ...rest, ...(filter ? { filter: { ...filter, evaluate: () => false } } : {}), ...(pin ? { pin: { ...pin, expression: { ...pin.expression, evaluate: () => false } } } : {}) }));
    const search = parts.retriever;
    parts.retriever = { retrieve: (request, { userState, rules: applied }, ctx) => search.retrieve(request, { userState, rules: { ...applied, filters: [{ rule: 'near', expression: near(6) }], pins: [{ rule: 'nearest', slot: 2, expression: near(1) }] } }, ctx) };
    expect(ordinals(await ask(parts, { rules: unknown }))).toEqual([25, 20, 24, 23]);
  });

  it('say with `explain` what they did to each item', async () => {
    const rules = [
      rule('sale', { boost: expressionOf('b', (item) => (n(item) === 98 ? 1.5 : 1)) }), rule('promo', { level: 'tenant', pin: { slot: 3, expression: expressionOf('is', (item) => n(item) === 1) } }),
    ];
    const answer = await ask(setUp(), { rules, caps: [{ group: 'categories', limit: 1, window: 200 }] }, { explain: true, limit: 11 });
    const effects = new Map(answer.items.map((item) => [item.ordinal, item.why!]));
    expect(effects.get(98)).toMatchObject({
      ranks: { retrieval: 99, model: 2, adjusted: 1, slot: 1 }, modelScore: 98, rules: [{ rule: 'placement:sale', effect: 'score × 1.5', score: { from: 98, to: 147 } }],
    });
    expect(effects.get(1)).toMatchObject({ ranks: { retrieval: 2, model: 99, slot: 3 }, rules: [{ rule: 'tenant:promo', effect: 'pinned to slot 3', rank: { to: 3 } }] });
    expect(effects.get(97)).toMatchObject({ rules: [] });
    expect(answer.items.at(-1)!.why!.rules).toEqual([{ rule: 'cap:categories', effect: 'held back', rank: { from: expect.any(Number), to: 11 } }]);
  });

  it('ask for no facts, and arrange nothing, where there are none', async () => {
    const parts = Object.assign(setUp(), { facts: { factsOf: (): never => { throw new Error('asked'); } } });
    const { funnel } = await ask(parts, {});
    expect(funnel.map(({ stage }) => stage)).not.toContain('arrangement');
  });
});
