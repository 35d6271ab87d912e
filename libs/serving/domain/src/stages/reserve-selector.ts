import { byScore, type Candidates, type Selected, type Selector } from '@serendip/shared-pipeline';
import { rowsOf } from '../explain/feature-rows.js';
import type { FactsReader } from '../ports.js';
import { explorationBit, reserveFor, rulesOf, type Query, type Work } from '../query.js';
import { boosted } from '../selection/rules.js';

/** Candidates looked at for each pin, besides the reserve: some may turn out not to be eligible. */
const PIN_RESERVE = 8;

/** The best by boosted score, with a reserve behind the slate for what late checks drop and rules move, and the best match of each pin. */
export class ReserveSelector implements Selector<Query> {
  readonly name = 'selection';

  constructor(private readonly facts: FactsReader) {}

  select(query: Query, candidates: Candidates): readonly Selected[] {
    const { request, work } = query;
    const rules = rulesOf(query, this.facts);
    const bits = work.candidates?.sourceBits;
    if (work.candidates?.boosts !== undefined) boost(candidates.score, work.candidates.boosts);
    if (work.candidates?.impressionFactors !== undefined) boost(candidates.score, work.candidates.impressionFactors);
    const order = byScore(candidates);
    const size = reserveFor(request.limit, rules);
    const selected = (i: number, place: number): Selected => ({ ordinal: candidates.ordinal[i]!, score: candidates.score[i]!, source: bits?.[i] ?? candidates.source[i]!, place });

    const matches = work.candidates?.pinMatches;
    if (matches !== undefined && rules.pins.some(({ expression }) => expression.usesSeed)) work.pinBits = new Map(Array.from(order, (i) => [candidates.ordinal[i]!, matches[i]!]));
    const pinned = placesOfPins(order, size, { pins: rules.pins.length, matches });
    work.more = (n) => {
      const from = n * size;
      return Array.from(order.subarray(from, from + size), (i, offset) => selected(i, from + offset)).filter(({ place }) => !pinned.includes(place));
    };
    const chosen = [...Array.from(order.subarray(0, size), selected), ...pinned.map((place) => selected(order[place]!, place))];
    if (!request.explain) keepRowsOf(work, chosen);
    return chosen;
  }
}

/** Lets go of the rows of candidates that can't be shown: a slate may be kept for others. */
function keepRowsOf(work: Work, chosen: readonly Selected[]): void {
  const { ranked } = work;
  if (ranked?.rows === undefined || ranked.rows.ordinals.length <= chosen.length) return;
  const bit = explorationBit(work);
  const { ordinals, sourceBits } = work.candidates!;
  const explorable = bit === 0 ? [] : [...ordinals].filter((_, i) => (sourceBits[i]! & bit) !== 0);
  const wanted = new Set([...chosen.map(({ ordinal }) => ordinal), ...explorable]);
  work.ranked = { ...ranked, scores: ranked.scores.slice(), rows: rowsOf(ranked.rows, [...wanted]) };
}

function boost(scores: Float32Array, factors: Float32Array): void {
  for (let i = 0; i < scores.length; i++) scores[i] = boosted(scores[i]!, factors[i]!);
}

/** Places behind the reserve of the best that match each pin, ascending. */
function placesOfPins(order: Int32Array, from: number, { pins, matches }: { readonly pins: number; readonly matches: Uint16Array | undefined }): readonly number[] {
  if (pins === 0 || matches === undefined) return [];
  const found = new Set<number>();
  for (let pin = 0; pin < pins; pin++) {
    for (let place = from, taken = 0; place < order.length && taken < PIN_RESERVE; place++) {
      if (((matches[order[place]!]! >> pin) & 1) === 0) continue;
      found.add(place);
      taken++;
    }
  }
  return [...found].sort((a, b) => a - b);
}
