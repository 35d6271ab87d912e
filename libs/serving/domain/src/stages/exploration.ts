import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import { draw, type Draws, type SlotPool } from '../exploration/draw.js';
import { SeededRandom } from '../exploration/seeded-random.js';
import { slotPools, type CapGroups } from '../exploration/slot-pools.js';
import type { DocumentReader, FactsReader } from '../ports.js';
import { EXPLORATION, explorationBit, rulesOf, type Query } from '../query.js';
import type { ItemDocument } from '../recommendation.js';
import { groupColumn } from '../selection/document-columns.js';
import { boosted, type AppliedRules } from '../selection/rules.js';
import { isIdentityOnly, lateFault } from './late-fault.js';

/** What may be drawn, with all that is needed to show it. */
interface Drawable {
  readonly selected: Selected;
  readonly document: ItemDocument;
}

/**
 * Lets slots of the final list show an item drawn at random, as the plan says. Each answer draws by its own id, so that lists that share a slate do
 * not share their draws. Nothing else of the list changes: pins and slots out of range stay as they are, and so do rules (see `slotPools`).
 */
export class ExplorationDraw implements LateCheck<Query> {
  readonly name = EXPLORATION;

  constructor(private readonly reader: DocumentReader, private readonly facts: FactsReader, private readonly now: () => number, readonly timeoutMs: number) {}

  enabled({ request, work }: Query): boolean {
    return request.plan.exploration !== undefined && work.documents !== undefined && explorationBit(work) > 0;
  }

  async check(query: Query, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]> {
    const { request, work } = query;
    const list = chosen.filter(({ ordinal }) => work.documents!.has(ordinal)).slice(0, request.limit);
    const slots = slotsOf(query, list);
    const pool = slots.length === 0 ? [] : await this.poolOf(query, list, context);
    // Whoever is late must leave the list and what is said of it as they are.
    if (pool.length === 0 || context.signal.aborted) return chosen;
    const pools = dealt(list.map(({ ordinal }) => work.documents!.get(ordinal)!), { slots, pool, rules: rulesOf(query, this.facts) });
    const random = new SeededRandom(request.recommendationId);
    const draws = draw(list.map(({ ordinal }) => ordinal), pools, request.plan.exploration!, () => random.next());
    return shown(query, { list, pool, draws });
  }

  /** What may be drawn for this list: nothing that is in it, that may not be shown by the newest data, or that a pin puts into its own slot. */
  private async poolOf(query: Query, list: readonly Selected[], context: Context): Promise<readonly Drawable[]> {
    const { request, work } = query;
    const listed = new Set(list.map(({ ordinal }) => ordinal));
    const found = explorable(work).filter(({ ordinal }) => !listed.has(ordinal));
    if (found.length === 0) return [];
    const { documents } = await this.reader.read(request.tenant, found.map(({ ordinal }) => ordinal), context);
    const rules = rulesOf(query, this.facts);
    return found.flatMap((selected, i): Drawable[] => {
      const document = documents[i];
      if (document === undefined || isIdentityOnly(document) || lateFault(query, document, { facts: this.facts, nowMs: this.now(), unasked: () => 'unasked' }) !== undefined) return [];
      return isPinned(query, rules, document) ? [] : [{ selected, document }];
    });
  }
}

/** Slots of a list that may explore, from 0. */
function slotsOf({ request: { plan, shownOrdinals }, work }: Query, list: readonly Selected[]): readonly number[] {
  const { from, to } = plan.exploration!;
  const before = shownOrdinals.length;
  return list.flatMap(({ ordinal }, slot) => (before + slot + 1 >= from && before + slot + 1 <= to && work.pinned?.has(ordinal) !== true ? [slot] : []));
}

/** The candidates that may be explored, in their order, with their final scores. */
function explorable(work: Query['work']): readonly Selected[] {
  const { ordinals, sourceBits, scores, boosts, impressionFactors } = work.candidates!;
  const bit = explorationBit(work);
  const found: Selected[] = [];
  sourceBits.forEach((source, i) => {
    if ((source & bit) === 0) return;
    const score = (work.ranked?.scores ?? scores)[i]!;
    found.push({ ordinal: ordinals[i]!, source, place: -1, score: boosted(boosted(score, boosts?.[i] ?? 1), impressionFactors?.[i] ?? 1) });
  });
  return found;
}

/** What there is no time to ask about may be a pin's. */
function isPinned({ work }: Query, { pins, facts }: AppliedRules, document: ItemDocument): boolean {
  const bits = work.candidates!.pinMatches?.[work.candidates!.ordinals.indexOf(document.ordinal)] ?? 0;
  return pins.some(({ expression }, pin) => (expression.usesSeed ? ((bits >> pin) & 1) === 1 : work.asking.isOver() || expression.evaluate(document, facts) === true));
}

interface Dealing {
  readonly slots: readonly number[];
  readonly pool: readonly Drawable[];
  readonly rules: AppliedRules;
}

function dealt(list: readonly ItemDocument[], { slots, pool, rules }: Dealing): readonly SlotPool[] {
  const groups = rules.caps.map((cap): CapGroups => {
    const column = groupColumn([...list, ...pool.map(({ document }) => document)], cap.group);
    return { cap, list: column.subarray(0, list.length), pool: column.subarray(list.length) };
  });
  return slotPools(slots, pool.length, groups).map((places, i) => ({
    slot: slots[i]!, items: places.map((place) => ({ ordinal: pool[place]!.selected.ordinal, score: pool[place]!.selected.score })),
  }));
}

/** The list with what was drawn in its slots. */
function shown({ request, work }: Query, { list, pool, draws }: { readonly list: readonly Selected[]; readonly pool: readonly Drawable[]; readonly draws: Draws }): readonly Selected[] {
  work.exploration = draws;
  if (draws.drawn.size === 0) return list;
  const result = [...list];
  const drawn = pool.filter(({ selected }) => draws.drawn.has(selected.ordinal));
  for (const { selected } of drawn) result[draws.drawn.get(selected.ordinal)!] = selected;
  work.documents = new Map([...work.documents!, ...drawn.map(({ document }) => [document.ordinal, document] as const)]);
  if (request.explain || request.explainRules) {
    const effect = ({ ordinal }: ItemDocument) => ({ rule: EXPLORATION, effect: `drawn for slot ${request.shownOrdinals.length + draws.drawn.get(ordinal)! + 1}` });
    work.moved = new Map([...(work.moved ?? []), ...drawn.map(({ document }) => [document.ordinal, [effect(document)]] as const)]);
  }
  return result;
}
