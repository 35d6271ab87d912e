import type { FactsReader } from '../ports.js';
import { rulesOf, type Query } from '../query.js';
import { isEligible, type ItemDocument } from '../recommendation.js';
import { failedFilter, judgedLate } from '../selection/rules.js';

/** What is known of an item that has an id and nothing else to judge it by: retrieval has filtered it by its own columns. */
export const isIdentityOnly = ({ version }: ItemDocument): boolean => version === 0;

export interface LateAsking {
  readonly facts: FactsReader;
  readonly nowMs: number;
  /** What stands for the filters' word when there is no time to ask them. */
  unasked(): string | undefined;
}

/** The rule by which, by the newest data, an item may not be shown; undefined when it may. */
export function lateFault(query: Query, document: ItemDocument, { facts, nowMs, unasked }: LateAsking): string | undefined {
  if (!isEligible(document, query.request.asOfMs ?? nowMs)) return 'unavailable';
  const rules = judgedLate(rulesOf(query, facts));
  if (rules.filters.length === 0 || isIdentityOnly(document)) return undefined;
  return query.work.asking.isOver() ? unasked() : failedFilter(rules, document);
}
