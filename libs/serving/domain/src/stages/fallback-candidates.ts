import { hash64 } from '@serendip/shared-identity';
import { UserStateView, eventTypeMask } from '@serendip/shared-layouts';
import type { Found, Source } from '@serendip/shared-pipeline';
import type { FactsReader, FallbackList } from '../ports.js';
import { rulesOf, type Query } from '../query.js';
import { isEligible, type ItemDocument } from '../recommendation.js';
import { boostOf, failedFilter } from '../selection/rules.js';
import { pinBits } from './pin-bits.js';

/** The gateway's own list, without what this visitor must not see; the last step of the ladder. */
export class FallbackCandidates implements Source<Query> {
  readonly name = 'fallback';

  constructor(private readonly list: FallbackList, private readonly facts: FactsReader) {}

  async fetch(query: Query): Promise<Found> {
    const { request, userState, work } = query;
    const rules = rulesOf(query, this.facts);
    const state = new UserStateView(userState);
    const hidden = state.seen === 0 ? 0 : eventTypeMask(request.plan.hideAfter);
    const excluded = new Set([...request.excludeItemIds, ...request.seedItemIds]);
    const shown = new Set(request.shownOrdinals);
    const given = new Set(request.givenItemIds);
    const { asking } = work;
    const passes = (item: ItemDocument): boolean => rules.filters.length === 0 || (!asking.isOver() && failedFilter(rules, item) === undefined);
    // Filters that can't be asked any more let nothing pass.
    const isOver = rules.filters.length > 0 && asking.isOver();
    const items = isOver ? [] : this.list.items(request.tenant, request.plan.name).filter((item) => {
      if (!isEligible(item, request.nowMs)) return false;
      if (given.size > 0) return given.has(item.id) && passes(item);
      if (shown.has(item.ordinal) || excluded.has(item.id)) return false;
      return (hidden === 0 || !isHidden(state, item, hidden)) && passes(item);
    });
    const ordinals = Int32Array.from(items, ({ ordinal }) => ordinal);
    const scores = Float32Array.from(items, (_, place) => -place);
    const size = items.length;
    work.candidates = {
      ordinals, scores, personalScores: new Float32Array(size).fill(NaN), nextScores: new Float32Array(size),
      sourceBits: new Uint16Array(size).fill(1), sourceNames: ['fallback'], retriever: '', sources: [], drops: [],
      ...(rules.boosts.length === 0 ? {} : { boosts: Float32Array.from(items, (item) => (asking.isOver() ? 1 : boostOf(rules, item))) }),
      ...(rules.pins.length === 0 ? {} : { pinMatches: Uint16Array.from(items, (item) => (asking.isOver() ? 0 : pinBits(rules, item))) }),
    };
    work.kept = new Map(items.map((item) => [item.ordinal, item]));
    return { ordinal: ordinals, score: scores };
  }
}

function isHidden(state: UserStateView, { id }: ItemDocument, hidden: number): boolean {
  const { lo, hi } = hash64(id);
  return (state.seenMaskOf(lo, hi) & hidden) !== 0;
}
