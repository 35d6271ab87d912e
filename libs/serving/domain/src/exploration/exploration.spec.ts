import { describe, expect, it } from '@jest/globals';
import type { Context } from '@serendip/shared-pipeline';
import { Recommender, SharedSlates, type Exploration, type PlacementPlan, type PlannedRule, type Recommendation, type RecommendationRequest, type SlateEntry } from '../index.js';
import { FakeParts, documentOf, exploringRetriever, expressionOf, filteringRetriever, planOf, requestOf } from '../testing/index.js';

const timeouts = { userState: 5000, candidates: 5000, ranking: 5000, documents: 5000 };
const context = (): Context => ({ deadlineMs: performance.now() + 20_000, signal: new AbortController().signal });
const ordinals = ({ items }: Recommendation): number[] => items.map(({ ordinal }) => ordinal);
const explored = ({ items }: Recommendation): number[] => items.filter(({ isExplored }) => isExplored).map(({ ordinal }) => ordinal);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const EXPLORATION: Exploration = { share: 0.2, from: 3, to: 8, shownFewerThan: 10, publishedWithinMs: 0, pool: 100, weights: 'uniform' };
const GREEDY = [59, 58, 57, 56, 55, 54, 53, 52, 51, 50];

/** Items 0 to 59 are found, the higher the better; 60 to 83 may be explored, and 0 besides. Each is of one of six categories. */
function setUp(): FakeParts {
  const parts = new FakeParts();
  for (const ordinal of range(0, 100)) parts.documentsByOrdinal.set(ordinal, documentOf(ordinal, { fields: { categories: [`c${ordinal % 6}`], attributes: { n: ordinal } } }));
  parts.retriever = filteringRetriever(parts);
  parts.retriever = exploringRetriever(parts, [...range(60, 84), 0]);
  return parts;
}

const ask = (parts: FakeParts, plan: Partial<PlacementPlan> = {}, more: Partial<RecommendationRequest> = {}): Promise<Recommendation> =>
  new Recommender(parts, timeouts).recommend(requestOf({ plan: planOf({ candidates: 60, exploration: EXPLORATION, ...plan }), ...more }), context());

async function many(parts: FakeParts, count: number, plan: Partial<PlacementPlan> = {}, more: Partial<RecommendationRequest> = {}): Promise<Recommendation[]> {
  const recommender = new Recommender(parts, timeouts);
  const answers: Recommendation[] = [];
  for (let i = 0; i < count; i++) {
    answers.push(await recommender.recommend(requestOf({ recommendationId: `answer-${i}`, plan: planOf({ candidates: 60, exploration: EXPLORATION, ...plan }), ...more }), context()));
  }
  return answers;
}

const rule = (name: string, more: Partial<PlannedRule>): PlannedRule => ({ level: 'placement', name, ...more });
const n = ({ fields }: { fields: Readonly<Record<string, unknown>> }): number => (fields.attributes as { n: number }).n;

describe('exploration', () => {
  it('shows drawn items in some slots of its range, says so, and leaves all else as it would be', async () => {
    expect(ordinals(await ask(setUp(), { exploration: undefined }))).toEqual(GREEDY);
    const answers = await many(setUp(), 200);
    for (const answer of answers) {
      answer.items.forEach(({ ordinal, isExplored, source, propensity }, slot) => {
        expect(isExplored).toBe(ordinal !== GREEDY[slot]);
        if (slot < 2 || slot > 7) expect({ isExplored, propensity }).toEqual({ isExplored: false, propensity: 1 });
        else if (!isExplored) expect({ source, propensity }).toEqual({ source: 'popular', propensity: 0.8 });
        else expect({ source, isPool: ordinal >= 60 || ordinal === 0 }).toEqual({ source: 'exploration', isPool: true });
      });
      expect(answer.exploration).toEqual({ slots: 6, explored: explored(answer).length, pool: 25 });
      expect(new Set(ordinals(answer)).size).toBe(10);
    }
    expect(new Set(answers.flatMap(explored)).size).toBe(25);
  });

  it('keeps to its budget', async () => {
    const answers = await many(setUp(), 3000);
    const shown = answers.reduce((sum, answer) => sum + explored(answer).length, 0);
    const slots = 6 * 3000;
    expect(Math.abs(shown - 0.2 * slots)).toBeLessThan(4 * Math.sqrt(slots * 0.2 * 0.8));
  });

  it('draws the same for the same answer, whatever is explained, and by itself for answers that share a slate', async () => {
    expect(ordinals(await ask(setUp(), {}, { explain: true }))).toEqual(ordinals(await ask(setUp())));
    const parts = setUp();
    parts.shared = new SharedSlates(new Map<string, SlateEntry>(), { read: async () => ({ candidates: 'candidates@1', ranking: 'ranking@1' }) });
    const answers = await many(parts, 40);
    expect(answers.slice(1).map(({ cache }) => cache)).toEqual(answers.slice(1).map(() => 'hit'));
    expect(new Set(answers.map((answer) => explored(answer).join())).size).toBeGreaterThan(10);
    const alone = await many(setUp(), 40);
    expect(answers.map(ordinals)).toEqual(alone.map(ordinals));
  });

  it('obeys filters by the newest document, exclusion of what is in the list, and what may not be shown any more', async () => {
    const parts = setUp();
    // The search does not know yet.
    parts.documentsByOrdinal.set(60, documentOf(60, { available: false }));
    parts.documentsByOrdinal.set(61, documentOf(61, { fields: { attributes: { n: 1 } } }));
    parts.documentsByOrdinal.delete(62);
    const answers = await many(parts, 300, { rules: [rule('even', { filter: expressionOf('even', (item) => n(item) % 2 === 0) })] });
    expect([...new Set(answers.flatMap(explored))].sort((a, b) => a - b)).toEqual([0, ...range(63, 84).filter((ordinal) => ordinal % 2 === 0)]);
  });

  it('leaves pins their slots and never draws what a pin would show', async () => {
    const pin = rule('pin', { pin: { slot: 4, expression: expressionOf('pinned', (item) => [17, 70].includes(n(item))) } });
    const answers = await many(setUp(), 200, { rules: [pin] });
    for (const answer of answers) {
      expect(answer.items[3]).toMatchObject({ ordinal: 17, propensity: 1, isExplored: false });
      expect(answer.exploration?.slots).toBe(5);
      expect(ordinals(answer)).not.toContain(70);
    }
  });

  it('breaks no cap', async () => {
    const caps = [{ group: 'categories', limit: 1, window: 3 }];
    const answers = await many(setUp(), 300, { caps, fill: 'strict' });
    expect(answers.flatMap(explored).length).toBeGreaterThan(50);
    for (const { items } of answers) for (let i = 0; i + 3 <= items.length; i++) expect(new Set(items.slice(i, i + 3).map(({ ordinal }) => ordinal % 6)).size).toBe(3);
  });

  it('counts its slots over all pages, and no item comes twice', async () => {
    const plan = { exploration: { ...EXPLORATION, share: 0.5, from: 1, to: 15 } };
    for (let i = 0; i < 20; i++) {
      const shown: number[] = [];
      for (let page = 0; page < 4; page++) {
        const answer = await ask(setUp(), plan, { recommendationId: `list-${i}-${page}`, shownOrdinals: [...shown].sort((a, b) => a - b) });
        expect(answer.exploration?.slots ?? 0).toBe([10, 5, 0, 0][page]);
        shown.push(...ordinals(answer));
      }
      expect(new Set(shown).size).toBe(40);
    }
  });

  it('does without, and says so, when what could be drawn can not be read; and the fallback list explores nothing', async () => {
    const parts = setUp();
    const { documents } = parts;
    parts.documents = { read: async (tenant, wanted, ctx) => (wanted.some((ordinal) => ordinal >= 60) ? Promise.reject(new Error('UNAVAILABLE')) : documents.read(tenant, wanted, ctx)) };
    const answer = await ask(parts);
    expect({ ordinals: ordinals(answer), degraded: answer.degraded }).toEqual({ ordinals: GREEDY, degraded: [{ stage: 'exploration', reason: 'UNAVAILABLE' }] });
    // What is read too late draws nothing either, though the answer takes its time.
    const slow = setUp();
    const { documents: quick } = slow;
    const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
    slow.documents = { read: async (tenant, wanted, ctx) => { if (wanted.some((ordinal) => ordinal >= 60)) await wait(80); return quick.read(tenant, wanted, ctx); } };
    const { explainer, ranker } = slow;
    slow.ranker = { rank: async (...asked) => ({ ...await ranker.rank(...asked), rows: { names: ['n'], values: Float32Array.from(GREEDY), ordinals: Int32Array.from(GREEDY) } }) };
    slow.explainer = { explain: async (...asked) => { await wait(80); return explainer.explain(...asked); } };
    const plan = planOf({ candidates: 60, exploration: { ...EXPLORATION, share: 0.5 } });
    const late = await new Recommender(slow, { ...timeouts, documents: 50 }).recommend(requestOf({ explain: true, plan }), context());
    expect({ ordinals: ordinals(late), stages: late.degraded.map(({ stage }) => stage) }).toEqual({ ordinals: GREEDY, stages: ['exploration'] });
    expect(late.items.every(({ propensity }) => propensity === 1)).toBe(true);

    const away = Object.assign(setUp(), { retriever: { retrieve: async () => { throw new Error('UNAVAILABLE'); } } });
    expect((await ask(away)).items.every(({ propensity, isExplored }) => propensity === 1 && !isExplored)).toBe(true);
  });

  it('explains what was drawn, and sets aside what only exploration found', async () => {
    const [answer] = (await many(setUp(), 20, {}, { explain: true })).filter((each) => explored(each).length > 0 && !explored(each).includes(0));
    const item = answer!.items.find(({ isExplored }) => isExplored)!;
    const slot = ordinals(answer!).indexOf(item.ordinal) + 1;
    expect(item.why).toMatchObject({ ranks: { slot }, modelScore: item.ordinal, rules: [{ rule: 'exploration', effect: `drawn for slot ${slot}` }] });
    expect(answer!.steps).toContainEqual(expect.objectContaining({ stage: 'set-aside', in: 84, out: 60, dropped: [{ rule: 'exploration', dropped: 24 }] }));
  });
});

/** Probability that an item is clicked on in a slot, known here and to nobody else: what is found anyhow is liked better. */
const worth = (ordinal: number, slot: number): number => (ordinal > 0 && ordinal < 60 ? 0.6 : 0.05) + 0.3 * ((((Math.sin(ordinal * 12.9898 + slot * 78.233) * 43_758.5453) % 1) + 1) / 2);

/** Numbers from 0 to below 1, the same each time (Park and Miller). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => { state = (state * 48_271) % 0x7fffffff; return (state - 1) / 0x7ffffffe; };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const standardError = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / values.length);

describe.each(['uniform', 'rank'] as const)('logged propensities, with weights %s', (weights) => {
  it('tell from served lists what another policy is worth (IPS and SNIPS)', async () => {
    const answers = await many(setUp(), 4000, { exploration: { ...EXPLORATION, weights }, caps: [{ group: 'categories', limit: 2, window: 4 }] });
    const random = numbers(7);
    const logged = answers.map(({ items }) => items.slice(2, 8).map(({ ordinal, propensity }, i) => ({ slot: i + 3, ordinal, propensity, clicked: Number(random() < worth(ordinal, i + 3)) })));

    // The policy to judge shows each of what a slot may show as often as any other.
    const choices = new Map<number, Set<number>>();
    for (const { slot, ordinal } of logged.flat()) choices.set(slot, (choices.get(slot) ?? new Set()).add(ordinal));
    const truth = [...choices].reduce((sum, [slot, items]) => sum + mean([...items].map((ordinal) => worth(ordinal, slot))), 0);
    const weighted = logged.map((list) => list.map(({ slot, propensity, clicked }) => ({ slot, clicked, weight: 1 / choices.get(slot)!.size / propensity })));

    const ips = weighted.map((list) => list.reduce((sum, { weight, clicked }) => sum + weight * clicked, 0));
    const error = standardError(ips);
    expect(error / truth).toBeLessThan(0.05);
    expect(Math.abs(mean(ips) - truth)).toBeLessThan(4 * error);

    const snips = [...choices.keys()].reduce((sum, slot) => {
      const here = weighted.flat().filter((entry) => entry.slot === slot);
      return sum + here.reduce((total, { weight, clicked }) => total + weight * clicked, 0) / here.reduce((total, { weight }) => total + weight, 0);
    }, 0);
    expect(Math.abs(snips - truth)).toBeLessThan(4 * error);
    // Weights are 1 on average, slot by slot, exactly when the propensities are right.
    for (const slot of choices.keys()) {
      const weightsHere = weighted.flat().filter((entry) => entry.slot === slot).map(({ weight }) => weight);
      expect(Math.abs(mean(weightsHere) - 1)).toBeLessThan(4 * standardError(weightsHere));
    }

    // And what was clicked on says something else without them.
    const naive = logged.map((list) => list.reduce((sum, { clicked }) => sum + clicked, 0));
    expect(Math.abs(mean(naive) - truth)).toBeGreaterThan(4 * error);
  });
});
