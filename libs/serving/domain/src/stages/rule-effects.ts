import type { Query } from '../query.js';
import type { RuleEffect } from '../recommendation.js';
import { boostFactor } from '../selection/rules.js';

const NONE: readonly RuleEffect[] = [];

/** The rules that moved an item, for an answer that explains itself: boosts by its document, then what the arrangement did. */
export function ruleEffects({ request, work }: Query, ordinal: number): readonly RuleEffect[] {
  const { rules } = work;
  if (!request.explain || rules === undefined) return NONE;
  const document = work.documents?.get(ordinal);
  const boosts = document === undefined ? [] : rules.boosts.map((boost) => ({ rule: boost.rule, factor: boostFactor(boost, document, rules.facts) }));
  const impressions = impressionFactor(work, ordinal);
  return [
    ...boosts.filter(({ factor }) => factor !== 1).map(({ rule, factor }) => ({ rule, effect: scoreTimes(factor) })),
    ...(impressions === 1 ? NONE : [{ rule: 'impressions', effect: scoreTimes(impressions) }]),
    ...(work.moved?.get(ordinal) ?? NONE),
  ];
}

const scoreTimes = (factor: number): string => `score × ${Number(factor.toPrecision(4))}`;

function impressionFactor({ candidates }: Query['work'], ordinal: number): number {
  if (candidates?.impressionFactors === undefined) return 1;
  return candidates.impressionFactors[candidates.ordinals.indexOf(ordinal)] ?? 1;
}
