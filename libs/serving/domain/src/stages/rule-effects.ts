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
  return [
    ...boosts.filter(({ factor }) => factor !== 1).map(({ rule, factor }) => ({ rule, effect: `score × ${Number(factor.toPrecision(4))}` })),
    ...(work.moved?.get(ordinal) ?? NONE),
  ];
}
