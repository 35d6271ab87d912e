/** What exploration may do to a list, held against it: the list is the one without it, but for slots that show something that may be drawn there. */
import fc from 'fast-check';
import { slowSlotPools } from '@serendip/serving-domain/testing';
import { groupOf, holding, passes } from './reference.ts';
import type { Item, Rules, Visit } from './world.ts';

export interface MadeExploration {
  readonly share: number;
  readonly from: number;
  readonly to: number;
  readonly weights: 'uniform' | 'rank';
}

export const someExploration: fc.Arbitrary<MadeExploration> = fc.record({
  share: fc.constantFrom(0.2, 0.5), from: fc.integer({ min: 1, max: 5 }), length: fc.integer({ min: 2, max: 14 }), weights: fc.constantFrom('uniform' as const, 'rank' as const),
}).map(({ from, length, ...rest }) => ({ ...rest, from, to: from + length }));

/** Something that a list shows. */
export interface Shown {
  readonly ordinal: number;
  readonly isExplored: boolean;
  readonly propensity: number;
}

/** Something that may be drawn, with its final score. */
export interface Drawable {
  readonly item: Item;
  readonly score: number;
}

interface Question {
  readonly rules: Rules;
  readonly visit: Visit;
  readonly exploration: MadeExploration;
  /** The list without exploration. */
  readonly list: readonly Item[];
  /** What is named as may be explored, in the search's order. */
  readonly explorable: readonly Drawable[];
}

/** What may be drawn at all: shown, if the rules let it be; not in the list; and no pin's. */
export function drawables({ rules, visit, list, explorable }: Omit<Question, 'exploration'>): readonly Drawable[] {
  const held = holding(rules, visit);
  return explorable.filter(({ item }) => item.available && passes(held, item, visit) && !list.some(({ ordinal }) => ordinal === item.ordinal)
    && !held.pins.some(({ expression }) => expression.js(item, visit) === true));
}

/** The slots, from 0, that may explore: in range, and not a pin's. */
function slotsOf({ exploration: { from, to }, list }: Question, pinned: ReadonlySet<number>): number[] {
  return list.map((_, slot) => slot).filter((slot) => slot + 1 >= from && slot + 1 <= to && !pinned.has(list[slot]!.ordinal));
}

/** How many slots of a list show what they may not, or say another probability than theirs. */
export function wrongSlots(shown: readonly Shown[], question: Question, pinned: ReadonlySet<number>): number {
  const { rules, visit, exploration: { share, weights }, list } = question;
  const pool = drawables(question);
  const slots = slotsOf(question, pinned);
  const pools = slowSlotPools(slots, pool.length, holding(rules, visit).caps.map(({ group, limit, window }) => ({
    limit, window, list: list.map((item) => groupOf(item, group)), pool: pool.map(({ item }) => groupOf(item, group)),
  })));
  if (shown.length !== list.length) return list.length + 1;
  return shown.filter(({ ordinal, isExplored, propensity }, slot) => {
    const items = (pools[slots.indexOf(slot)] ?? []).map((place) => pool[place]!);
    const isSame = ordinal === list[slot]!.ordinal;
    if (items.length === 0 || isSame) return !isSame || isExplored || Math.abs(propensity - (items.length === 0 ? 1 : 1 - share)) > 1e-9;
    const drawn = items.findIndex(({ item }) => item.ordinal === ordinal);
    return drawn < 0 || !isExplored || Math.abs(propensity - share * chanceOf(drawn, items, weights)) > 1e-9;
  }).length;
}

/** The same where the order is not known in which the search names what may be explored, and so neither what each slot has of it. */
export function impossibleSlots(shown: readonly Shown[], question: Question, pinned: ReadonlySet<number>): number {
  const { exploration: { share, weights }, list } = question;
  const may = new Set(drawables(question).map(({ item }) => item.ordinal));
  const slots = slotsOf(question, pinned);
  if (shown.length !== list.length) return list.length + 1;
  return shown.filter(({ ordinal, isExplored, propensity }, slot) => {
    if (ordinal === list[slot]!.ordinal) return isExplored || ![1, slots.includes(slot) ? 1 - share : 1].some((right) => Math.abs(propensity - right) < 1e-9);
    const sharers = share / propensity;
    return !isExplored || !slots.includes(slot) || !may.has(ordinal) || !(sharers >= 1 - 1e-9 && propensity > 0) || (weights === 'uniform' && Math.abs(sharers - Math.round(sharers)) > 1e-6);
  }).length;
}

function chanceOf(drawn: number, items: readonly Drawable[], weights: MadeExploration['weights']): number {
  if (weights === 'uniform') return 1 / items.length;
  const better = items.filter(({ score }, i) => score > items[drawn]!.score || (score === items[drawn]!.score && i < drawn)).length;
  return 1 / (better + 1) / items.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
}
