import type { ItemDocument, PlacementPlan } from '../recommendation.js';
import type { Fill } from './arrange.js';
import type { Cap } from './caps.js';

/** What expressions know besides the item: who asks, from where, and what is being looked at. */
export type Facts = Readonly<Record<string, unknown>>;

/** A compiled expression over an item's document. Never throws: what an item does not have makes a filter false and a boost 1. */
export interface ItemExpression {
  readonly source: string;
  /** Whether it asks about the seed item, which is known where the candidates are and not here: then the search has the last word. */
  readonly usesSeed: boolean;
  evaluate(document: ItemDocument, facts: Facts): boolean | number;
}

/** A compiled expression over the facts alone. */
export interface Condition {
  readonly source: string;
  evaluate(facts: Facts): boolean;
}

export type RuleLevel = 'tenant' | 'placement' | 'request';

/** One rule of a plan. At least one of filter, boost and pin. */
export interface PlannedRule {
  readonly level: RuleLevel;
  readonly name: string;
  readonly when?: Condition;
  readonly filter?: ItemExpression;
  readonly boost?: ItemExpression;
  readonly pin?: { readonly slot: number; readonly expression: ItemExpression };
}

interface Applied {
  /** `level:name`. */
  readonly rule: string;
  readonly expression: ItemExpression;
}

/** The rules of one request: those whose `when` holds. */
export interface AppliedRules {
  /** All of them must hold. */
  readonly filters: readonly Applied[];
  /** Their product multiplies a score. */
  readonly boosts: readonly Applied[];
  /** One for each slot at most, by slot. */
  readonly pins: readonly (Applied & { readonly slot: number })[];
  readonly caps: readonly Cap[];
  readonly diversity: number;
  readonly fill: Fill;
  readonly facts: Facts;
}

const BOOST = { least: 0.01, most: 100 };
const NO_FACTS: Facts = {};

/** A placement's pin beats the tenant's of the same slot; a request has none. */
const PIN_ORDER: Readonly<Record<RuleLevel, number>> = { request: 0, placement: 1, tenant: 2 };

const ruleName = ({ level, name }: PlannedRule): string => `${level}:${name}`;

/**
 * The plan's rules as they hold for one request. `facts` is not called when no rule asks for them. `shown` is how many items earlier
 * pages have shown: slots are counted over all pages, and answered from 1 for this one.
 */
export function applyRules({ rules, caps, diversity, fill }: PlacementPlan, facts: () => Facts, shown = 0): AppliedRules {
  if (rules.length === 0) return { filters: [], boosts: [], pins: [], caps, diversity, fill, facts: NO_FACTS };
  const known = facts();
  const applied = rules.filter(({ when }) => when === undefined || when.evaluate(known));
  const slots = new Map<number, AppliedRules['pins'][number]>();
  for (const rule of [...applied].sort((a, b) => PIN_ORDER[a.level] - PIN_ORDER[b.level])) {
    if (rule.pin === undefined || rule.pin.slot <= shown || slots.has(rule.pin.slot)) continue;
    slots.set(rule.pin.slot, { rule: ruleName(rule), expression: rule.pin.expression, slot: rule.pin.slot - shown });
  }
  return {
    filters: applied.flatMap((rule) => (rule.filter === undefined ? [] : [{ rule: ruleName(rule), expression: rule.filter }])),
    boosts: applied.flatMap((rule) => (rule.boost === undefined ? [] : [{ rule: ruleName(rule), expression: rule.boost }])),
    pins: [...slots.values()].sort((a, b) => a.slot - b.slot),
    caps, diversity, fill, facts: known,
  };
}

/** Whether the order of scores is not the last word. */
export const isArranged = ({ caps, pins, diversity }: AppliedRules): boolean => caps.length > 0 || pins.length > 0 || diversity > 0;

/** The first filter that an item fails, by its document; undefined when it passes. One that asks about the seed item is failed. */
export function failedFilter({ filters, facts }: AppliedRules, document: ItemDocument): string | undefined {
  return filters.find(({ expression }) => expression.evaluate(document, facts) !== true)?.rule;
}

/** The rules that documents alone can judge, for items that the search has judged already. */
export const judgedLate = (rules: AppliedRules): AppliedRules =>
  (rules.filters.some(({ expression }) => expression.usesSeed) ? { ...rules, filters: rules.filters.filter(({ expression }) => !expression.usesSeed) } : rules);

/** What one boost makes of a score: 0.01 to 100, and 1 for what is no number. */
export function boostFactor({ expression }: Applied, document: ItemDocument, facts: Facts): number {
  const factor = Number(expression.evaluate(document, facts));
  return Number.isFinite(factor) ? Math.min(BOOST.most, Math.max(BOOST.least, factor)) : 1;
}

/** All boosts of an item together, 0.01 to 100. */
export function boostOf({ boosts, facts }: AppliedRules, document: ItemDocument): number {
  const product = boosts.reduce((factor, boost) => factor * boostFactor(boost, document, facts), 1);
  return Math.min(BOOST.most, Math.max(BOOST.least, product));
}

/** A score with its boost: more than 1 always raises it, below zero too. */
export const boosted = (score: number, factor: number): number => (score < 0 ? score / factor : score * factor);
