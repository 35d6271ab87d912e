import type { ItemDocument } from '../recommendation.js';
import type { AppliedRules } from '../selection/rules.js';

/** Bit i set when the i-th pin matches an item, by its document. */
export function pinBits({ pins, facts }: AppliedRules, document: ItemDocument): number {
  return pins.reduce((bits, { expression }, i) => (expression.evaluate(document, facts) === true ? bits | (1 << i) : bits), 0);
}
