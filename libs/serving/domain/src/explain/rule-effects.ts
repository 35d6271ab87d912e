import type { Query } from '../query.js';
import type { ItemDocument, RuleEffect } from '../recommendation.js';
import { boostFactor, failedFilter } from '../selection/rules.js';

const NONE: readonly RuleEffect[] = [];

/** What the rules of an answer that explains itself say of an item, shown or not: the filter that left it out, boosts, what the arrangement did. What there is no time to ask is not said. */
export function ruleEffects({ request, work }: Query, document: ItemDocument): readonly RuleEffect[] {
  const { rules } = work;
  if (!(request.explain || request.explainRules) || rules === undefined) return NONE;
  const isAsked = !work.asking.isOver();
  const failed = !isAsked || work.documents?.has(document.ordinal) ? undefined : failedFilter(rules, document);
  const boosts = (isAsked ? rules.boosts : []).map((boost) => ({ rule: boost.rule, factor: boostFactor(boost, document, rules.facts) }));
  const impressions = impressionFactor(work, document.ordinal);
  return [
    ...(failed === undefined ? NONE : [{ rule: failed, effect: 'left out' }]),
    ...boosts.filter(({ factor }) => factor !== 1).map(({ rule, factor }) => ({ rule, effect: scoreTimes(factor), factor })),
    ...(impressions === 1 ? NONE : [{ rule: 'impressions', effect: scoreTimes(impressions), factor: impressions }]),
    ...(work.moved?.get(document.ordinal) ?? NONE),
  ];
}

const scoreTimes = (factor: number): string => `score × ${Number(factor.toPrecision(4))}`;

function impressionFactor({ candidates }: Query['work'], ordinal: number): number {
  if (candidates?.impressionFactors === undefined) return 1;
  return candidates.impressionFactors[candidates.ordinals.indexOf(ordinal)] ?? 1;
}
