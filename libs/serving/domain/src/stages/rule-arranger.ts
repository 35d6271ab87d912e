import type { Arranger, Selected } from '@serendip/shared-pipeline';
import type { FactsReader } from '../ports.js';
import { documentsOf, rulesOf, type Query } from '../query.js';
import type { RuleEffect } from '../recommendation.js';
import { arrange, type Arranged } from '../selection/arrange.js';
import { groupColumn, labelColumns } from '../selection/document-columns.js';
import { isArranged, type AppliedRules } from '../selection/rules.js';

/** Diversity, caps and pins over the reserve whose documents have been read and may be shown; not run where there are none of these. */
export class RuleArranger implements Arranger<Query> {
  readonly name = 'arrangement';

  constructor(private readonly facts: FactsReader) {}

  enabled(query: Query): boolean {
    return isArranged(rulesOf(query, this.facts));
  }

  arrange(query: Query, chosen: readonly Selected[]): readonly Selected[] {
    const { request, work } = query;
    const rules = rulesOf(query, this.facts);
    // Without a document an item can't be shown, so it must not hold a slot.
    const known = documentsOf(work);
    const items = chosen.filter(({ ordinal }) => known?.has(ordinal));
    const documents = items.map(({ ordinal }) => known!.get(ordinal)!);
    const arranged = arrange({
      scores: Float64Array.from(items, ({ score }) => score),
      labels: rules.diversity > 0 ? labelColumns(documents) : [],
      groups: rules.caps.map(({ group }) => groupColumn(documents, group)),
      matches: rules.pins.map(({ expression }, pin) => Uint8Array.from(documents, (document) => (
        expression.usesSeed ? ((work.pinBits?.get(document.ordinal) ?? 0) >> pin) & 1 : Number(!work.asking.isOver() && expression.evaluate(document, rules.facts) === true)))),
    }, { ...rules, limit: request.limit });
    if (rules.pins.length > 0) work.pinned = new Set(items.flatMap(({ ordinal }, row) => (arranged.pin[row]! >= 0 ? [ordinal] : [])));
    if (request.explain || request.explainRules) work.moved = movesOf(items, arranged, rules);
    return Array.from(arranged.order, (row) => items[row]!);
  }
}

/** What moved each item of the reserve, for `explain`. */
function movesOf(items: readonly Selected[], { order, pin, place, heldBy }: Arranged, { pins, caps, diversity }: AppliedRules): ReadonlyMap<number, readonly RuleEffect[]> {
  const slots = new Map(Array.from(order, (row, slot) => [row, slot + 1]));
  let unpinned = 0;
  return new Map(items.map(({ ordinal }, row) => {
    const slot = slots.get(row);
    if (pin[row]! >= 0) {
      const { rule, slot: wanted } = pins[pin[row]!]!;
      return [ordinal, [{ rule, effect: `pinned to slot ${wanted}`, rank: { from: row + 1, to: slot ?? wanted } }]];
    }
    const moves: RuleEffect[] = [];
    const from = unpinned++;
    const by = from - place[row]!;
    if (diversity > 0 && by !== 0) moves.push({ rule: 'diversity', effect: `${by > 0 ? 'up' : 'down'} ${Math.abs(by)}`, rank: { from: from + 1, to: place[row]! + 1 } });
    if (heldBy[row]! >= 0) moves.push({ rule: `cap:${caps[heldBy[row]!]!.group}`, effect: 'held back', ...(slot === undefined ? {} : { rank: { from: place[row]! + 1, to: slot } }) });
    return [ordinal, moves];
  }));
}
