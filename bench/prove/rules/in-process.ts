/** The serving code itself, over fakes of the services behind it. */
import fc from 'fast-check';
import { ProfileFacts, itemExpression, plannedRules } from '@serendip/serving-adapters';
import { Recommender, type ItemDocument, type PlacementPlan, type PlannedRule, type RecommendationRequest } from '@serendip/serving-domain';
import { planOf, requestOf } from '@serendip/serving-domain/testing';
import { create, events, toBinary } from '@serendip/shared-contracts';
import { USER_STATE } from '@serendip/shared-layouts';
import { wrongSlots, type Drawable, type Shown } from './exploration.ts';
import { boostOf, holding, passes, reference, violations, type Candidate, type Reference } from './reference.ts';
import { someItem, someRuleSet, someVisit, type Item, type MadeRule, type Rules, type Visit } from './world.ts';

interface Case {
  readonly candidates: readonly Candidate[];
  readonly rules: Rules;
  readonly visit: Visit;
  readonly limit: number;
  /** Of each candidate, where something is explored: whether it may be, besides being found or only so. */
  readonly explorable: readonly ('no' | 'too' | 'only')[];
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
  explorable: fc.array(fc.constantFrom<Case['explorable'][number]>('no', 'no', 'too', 'only'), { minLength: 220, maxLength: 220, size: 'max' }), candidates: someCandidates, rules: someRuleSet, visit: someVisit, limit: fc.integer({ min: 1, max: 24 }),
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

function plannedFor({ tenant, placement, request, tenantCaps, placementCaps, diversity, fill, exploration }: Rules): Partial<PlacementPlan> {
  const own: PlannedRule[] = [
    ...(request.filter === undefined ? [] : [{ level: 'request' as const, name: 'filter', filter: itemExpression(request.filter.cel, 'filter') }]),
    ...(request.boost === undefined ? [] : [{ level: 'request' as const, name: 'boost', boost: itemExpression(request.boost.cel, 'boost') }]),
  ];
  return {
    rules: [...plannedRules('tenant', tenant.map(textsOf)), ...plannedRules('placement', placement.map(textsOf)), ...own],
    caps: [...placementCaps, ...tenantCaps.filter(({ group }) => !placementCaps.some((cap) => cap.group === group))],
    diversity: request.diversity ?? diversity, fill, candidates: 500,
    ...(exploration === undefined ? {} : { exploration: { ...exploration, shownFewerThan: 1, publishedWithinMs: 0, pool: 500 } }),
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

type Kind = Case['explorable'][number];

/** Whether a candidate may be explored: nothing may, where nothing is; and everything is found too, where else nothing would be, as the search fills up its list. */
function kindOf({ candidates, rules, visit, explorable }: Case): (ordinal: number) => Kind {
  if (rules.exploration === undefined) return () => 'no';
  const held = holding(rules, visit);
  const isAnyFound = candidates.some(({ item, searched }) => explorable[item.ordinal] !== 'only' && passes(held, searched, visit));
  return (ordinal) => (explorable[ordinal] === 'only' && !isAnyFound ? 'too' : explorable[ordinal]!);
}

/** A recommender whose search holds to the rules by what it knows, as the embedding service does; said with the case's own functions. */
function recommenderOf(made: Case): Recommender {
  const { candidates, rules, visit, gone } = made;
  const held = holding(rules, visit);
  const kind = kindOf(made);
  const newest = new Map(candidates.map(({ item }) => [item.ordinal, documentOf(item)]));
  const kept = candidates.map(({ searched }) => documentOf(searched));
  const passing = candidates.filter(({ searched }) => passes(held, searched, visit));
  const isFound = ({ item }: Candidate): boolean => kind(item.ordinal) !== 'only';
  const found = [...passing.filter(isFound), ...passing.filter((candidate) => !isFound(candidate))];
  const ordinals = Int32Array.from(found, ({ item }) => item.ordinal);
  return new Recommender({
    userStates: { read: async () => ({ record: stateOf(visit), mergedInto: '' }) },
    retriever: { retrieve: gone === 'retriever' || gone === 'both' ? away : async (_, { rules: applied }) => ({
      ordinals, scores: new Float32Array(ordinals.length), personalScores: new Float32Array(ordinals.length), nextScores: new Float32Array(ordinals.length),
      sourceBits: Uint16Array.from(ordinals, (ordinal) => ({ no: 1, too: 3, only: 2 }[kind(ordinal)])), sourceNames: rules.exploration === undefined ? ['popular'] : ['popular', 'exploration'], retriever: 'retriever@1', sources: [], drops: [],
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

/** What must be shown before anything is drawn: where something is away, from what the fallback list holds; where documents are, by the documents that came with it. */
function expectedOf(made: Case): Reference {
  const { candidates, rules, visit, limit, gone } = made;
  const kind = kindOf(made);
  const known = gone === 'documents' || gone === 'both' ? candidates.map((candidate) => ({ ...candidate, item: candidate.searched })) : candidates;
  // The fallback list shows only what was available when it was kept.
  const kept = gone === 'nothing' ? known.filter(({ item }) => kind(item.ordinal) !== 'only') : known.filter(({ searched }) => searched.available);
  return reference(kept, rules, { visit, limit });
}

/** What retrieval names as may be explored, in its order: what is found besides, then the rest. */
function explorableOf(made: Case): readonly Drawable[] {
  const { candidates, rules, visit } = made;
  const isKind = kindOf(made);
  const held = holding(rules, visit);
  const score = ({ searched, score: plain }: Candidate): number => {
    const factor = Math.fround(boostOf(held, searched, visit));
    return held.boosts.length === 0 ? Math.fround(plain) : plain < 0 ? Math.fround(plain) / factor : Math.fround(plain) * factor;
  };
  return (['too', 'only'] as const).flatMap((kind) => candidates.filter(({ item, searched }) => isKind(item.ordinal) === kind && passes(held, searched, visit))
    .map((candidate) => ({ item: candidate.item, score: score(candidate) })));
}

/** Slots that are not as they must be; a list of another length has one more than it has slots. */
function wrongIn(shown: readonly Shown[], made: Case): number {
  const { rules, visit, gone } = made;
  const { list, pinned } = expectedOf(made);
  if (rules.exploration === undefined || gone !== 'nothing') {
    return shown.length === list.length ? shown.filter(({ ordinal, isExplored, propensity }, slot) => ordinal !== list[slot]!.ordinal || isExplored || propensity !== 1).length : list.length + 1;
  }
  return wrongSlots(shown, { rules, visit, exploration: rules.exploration, list, explorable: explorableOf(made) }, pinned);
}

export interface Proof { readonly slates: number; readonly items: number; readonly explored: number; readonly violations: number; readonly differences: number; readonly example?: unknown }

export async function proveInProcess(runs: number, seed: number): Promise<Proof> {
  const proof = { slates: 0, items: 0, explored: 0, violations: 0, differences: 0 };
  let example: unknown;
  for (const made of fc.sample(someCase, { numRuns: runs, seed })) {
    const { rules, visit, limit, candidates, gone } = made;
    const request: RecommendationRequest = requestOf({ plan: planOf(plannedFor(rules)), limit, context: { device: visit.device, country: visit.country }, visitor: { kind: 'user', id: 'ann' } });
    const { items } = await recommenderOf(made).recommend({ ...request, recommendationId: `case-${proof.slates}` }, { deadlineMs: performance.now() + 10_000, signal: new AbortController().signal });
    const shown = items.map(({ ordinal }) => ordinal);
    const judged = shown.map((ordinal) => (gone === 'documents' || gone === 'both' ? candidates[ordinal]!.searched : candidates[ordinal]!.item));
    const broken = violations(judged, rules, { visit, limit });
    const differs = wrongIn(items, made) > 0;
    proof.explored += items.filter(({ isExplored }) => isExplored).length;
    proof.slates++;
    proof.items += shown.length;
    proof.violations += broken;
    proof.differences += differs ? 1 : 0;
    if (example === undefined && (differs || broken > 0)) example = { shown: items.map(({ ordinal, isExplored, propensity }) => ({ ordinal, isExplored, propensity })), expected: expectedOf(made).list.map(({ ordinal }) => ordinal), broken, rules, visit, limit, gone, candidates: candidates.length };
  }
  return { ...proof, ...(example === undefined ? {} : { example }) };
}
