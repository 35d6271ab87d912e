/** The serving code itself, over fakes of the services behind it. */
import fc from 'fast-check';
import { ProfileFacts, itemExpression, plannedRules } from '@serendip/serving-adapters';
import { Recommender, type ItemDocument, type PlacementPlan, type PlannedRule, type RecommendationRequest } from '@serendip/serving-domain';
import { planOf, requestOf } from '@serendip/serving-domain/testing';
import { create, events, toBinary } from '@serendip/shared-contracts';
import { USER_STATE } from '@serendip/shared-layouts';
import { boostOf, holding, passes, reference, violations, type Candidate } from './reference.ts';
import { someItem, someRuleSet, someVisit, type Item, type MadeRule, type Rules, type Visit } from './world.ts';

interface Case {
  readonly candidates: readonly Candidate[];
  readonly rules: Rules;
  readonly visit: Visit;
  readonly limit: number;
  /** What is away: then the fallback list must obey too. */
  readonly gone: 'nothing' | 'retriever' | 'documents' | 'both';
}

const someCandidates = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 60, max: 220 })).chain((size) => fc.tuple(
  fc.tuple(...Array.from({ length: size }, (_, ordinal) => someItem(ordinal))),
  fc.array(fc.option(someItem(0), { nil: undefined, freq: 2 }), { minLength: size, maxLength: size, size: 'max' }),
  fc.array(fc.constantFrom(-3, -1.5, -0.1, 0, 0.2, 0.7, 1, 2.5), { minLength: size, maxLength: size, size: 'max' }),
)).map(([searched, newer, scores]) => (searched as readonly Item[]).map((item, i): Candidate => ({
  // The search may be behind the newest document, for some items.
  searched: item, item: i % 9 === 0 && newer[i] !== undefined ? { ...newer[i], ordinal: i } : item, score: scores[i]!,
})));

const someCase: fc.Arbitrary<Case> = fc.record({
  candidates: someCandidates, rules: someRuleSet, visit: someVisit, limit: fc.integer({ min: 1, max: 24 }),
  gone: fc.constantFrom<Case['gone']>('nothing', 'nothing', 'nothing', 'nothing', 'retriever', 'documents', 'both'),
});

const documentOf = ({ ordinal, available, categories, tags, price, margin, brand }: Item): ItemDocument => ({
  ordinal, version: 1, id: `item-${ordinal}`, deleted: false, available, publishedAtMs: -Infinity, expiresAtMs: Infinity,
  fields: {
    categories, tags, ...(price === undefined ? {} : { price }), attributes: { ...(margin === undefined ? {} : { margin }), ...(brand === undefined ? {} : { brand }) },
  },
});

const textsOf = ({ name, when, filter, boost, pin }: MadeRule) => ({
  name, when: when?.cel ?? '', filter: filter?.cel ?? '', boost: boost?.cel ?? '', pin: pin === undefined ? undefined : { slot: pin.slot, expression: pin.expression.cel },
});

function plannedFor({ tenant, placement, request, tenantCaps, placementCaps, diversity, fill }: Rules): Partial<PlacementPlan> {
  const own: PlannedRule[] = [
    ...(request.filter === undefined ? [] : [{ level: 'request' as const, name: 'filter', filter: itemExpression(request.filter.cel, 'filter') }]),
    ...(request.boost === undefined ? [] : [{ level: 'request' as const, name: 'boost', boost: itemExpression(request.boost.cel, 'boost') }]),
  ];
  return {
    rules: [...plannedRules('tenant', tenant.map(textsOf)), ...plannedRules('placement', placement.map(textsOf)), ...own],
    caps: [...placementCaps, ...tenantCaps.filter(({ group }) => !placementCaps.some((cap) => cap.group === group))],
    diversity: request.diversity ?? diversity, fill, candidates: 500,
  };
}

/** A user state that holds a profile. */
function stateOf({ tier }: Visit): Uint8Array {
  const profile = toBinary(events.UserProfileSchema, create(events.UserProfileSchema, { id: 'ann', ...(tier === undefined ? {} : { attributes: { tier: { value: { case: 'text', value: tier } } } }) }));
  const record = new Uint8Array(USER_STATE.headerBytes + profile.length);
  const view = new DataView(record.buffer);
  view.setUint16(USER_STATE.offsets.version, USER_STATE.version, true);
  view.setUint32(USER_STATE.offsets.profile, profile.length, true);
  record.set(profile, USER_STATE.headerBytes);
  return record;
}

const away = async (): Promise<never> => { throw new Error('UNAVAILABLE'); };
const timeouts = { userState: 5000, candidates: 5000, ranking: 5000, documents: 5000 };

/** A recommender whose search holds to the rules by what it knows, as the embedding service does; said with the case's own functions. */
function recommenderOf({ candidates, rules, visit, gone }: Case): Recommender {
  const held = holding(rules, visit);
  const newest = new Map(candidates.map(({ item }) => [item.ordinal, documentOf(item)]));
  const kept = candidates.map(({ searched }) => documentOf(searched));
  const found = candidates.filter(({ searched }) => passes(held, searched, visit));
  const ordinals = Int32Array.from(found, ({ item }) => item.ordinal);
  return new Recommender({
    userStates: { read: async () => ({ record: stateOf(visit), mergedInto: '' }) },
    retriever: { retrieve: gone === 'retriever' || gone === 'both' ? away : async (_, { rules: applied }) => ({
      ordinals, scores: new Float32Array(ordinals.length), personalScores: new Float32Array(ordinals.length), nextScores: new Float32Array(ordinals.length),
      sourceBits: new Uint16Array(ordinals.length).fill(1), sourceNames: ['popular'], retriever: 'retriever@1', sources: [], drops: [],
      ...(held.boosts.length === 0 ? {} : { boosts: Float32Array.from(found, ({ searched }) => boostOf(held, searched, visit)) }),
      ...(applied.pins.length === 0 ? {} : { pinMatches: Uint16Array.from(found, ({ searched }) => applied.pins.reduce((bits, { slot }, i) => (
        held.pins.find((pin) => pin.slot === slot)!.expression.js(searched, visit) === true ? bits | (1 << i) : bits), 0)) }),
    }) },
    ranker: { rank: async (_, columns) => ({ scores: Float32Array.from(columns.ordinals, (ordinal) => candidates[ordinal]!.score), ranker: 'ranker@1' }) },
    explainer: { explain: away },
    documents: { read: gone === 'documents' || gone === 'both' ? away : async (_, wanted) => ({ documents: wanted.map((ordinal) => newest.get(ordinal)) }) },
    fallback: { items: () => kept },
    facts: new ProfileFacts(),
    now: () => 1000,
  }, timeouts);
}

/** What must be shown: where something is away, from what the fallback list holds; where documents are, by the documents that came with it. */
function expectedOf({ candidates, rules, visit, limit, gone }: Case): number[] {
  const known = gone === 'documents' || gone === 'both' ? candidates.map((candidate) => ({ ...candidate, item: candidate.searched })) : candidates;
  // The fallback list shows only what was available when it was kept.
  return reference(gone === 'nothing' ? known : known.filter(({ searched }) => searched.available), rules, { visit, limit });
}

export interface Proof { readonly slates: number; readonly items: number; readonly violations: number; readonly differences: number; readonly example?: unknown }

export async function proveInProcess(runs: number, seed: number): Promise<Proof> {
  const proof = { slates: 0, items: 0, violations: 0, differences: 0 };
  let example: unknown;
  for (const made of fc.sample(someCase, { numRuns: runs, seed })) {
    const { rules, visit, limit, candidates, gone } = made;
    const request: RecommendationRequest = requestOf({ plan: planOf(plannedFor(rules)), limit, context: { device: visit.device, country: visit.country }, visitor: { kind: 'user', id: 'ann' } });
    const { items } = await recommenderOf(made).recommend(request, { deadlineMs: performance.now() + 10_000, signal: new AbortController().signal });
    const shown = items.map(({ ordinal }) => ordinal);
    const expected = expectedOf(made);
    const judged = shown.map((ordinal) => (gone === 'documents' || gone === 'both' ? candidates[ordinal]!.searched : candidates[ordinal]!.item));
    const broken = violations(judged, rules, { visit, limit });
    const differs = JSON.stringify(shown) !== JSON.stringify(expected);
    proof.slates++;
    proof.items += shown.length;
    proof.violations += broken;
    proof.differences += differs ? 1 : 0;
    if (example === undefined && (differs || broken > 0)) example = { shown, expected, broken, rules, visit, limit, gone, candidates: candidates.length };
  }
  return { ...proof, ...(example === undefined ? {} : { example }) };
}
