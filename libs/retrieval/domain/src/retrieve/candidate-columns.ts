import type { PopularityOrder } from '../catalogue/popularity-order.js';
import { NO_EXPRESSIONS, type VisitExpressions } from '../expressions/visit-expressions.js';
import { descendingOrder } from '@serendip/shared-pipeline';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { RetrievalResult } from '../request/retrieval-request.js';
import type { MergedCandidates } from './merged-candidates.js';
import { retrievalScores } from './retrieval-score.js';
import type { SourceAnswer } from './run-sources.js';

type CandidateColumns = Pick<RetrievalResult, 'ordinals' | 'scores' | 'personalScores' | 'nextScores' | 'sourceBits' | 'boosts' | 'pinMatches'>;

export interface CandidateFacts {
  readonly answers: readonly SourceAnswer[];
  readonly popularity: PopularityOrder;
  /** Rows that stay, whatever their score. */
  readonly pinned: ReadonlySet<number>;
  /** How many were found; those behind them are there to be explored only. */
  readonly found: number;
  /** The source bit of what may be explored; 0 where nothing may. */
  readonly explored: number;
}

/** Range of all boosts of an item together. */
const LEAST_BOOST = 0.01;
const MOST_BOOST = 100;

/** The candidates best first, cut to the request's limit; what is pinned is not cut. */
export function candidateColumns(candidates: MergedCandidates, query: RetrievalQuery, { answers, popularity, pinned, found, explored }: CandidateFacts): CandidateColumns {
  const { request, catalogue, expressions } = query;
  const { rows, bits } = candidates;
  const personal = personalScores(candidates, query, answers);
  const next = nextScores(candidates, query);
  const scores = retrievalScores(rows, { personal, next, nextHighest: query.next.highest, ...similarScores(candidates, answers) }, popularity, found);
  const all = descendingOrder(scores.subarray(0, found));
  const best = pinned.size === 0 ? all.subarray(0, request.limit) : cut(all, request.limit, (place) => pinned.has(rows[place]!));
  const order = explored === 0 ? best : withExplored(best, bits, explored);
  const columns = columnsOf(order.length);
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!;
    columns.ordinals[i] = catalogue.columns.ordinal[rows[place]!]!;
    columns.scores[i] = scores[place]!;
    columns.personalScores[i] = personal === undefined ? NaN : personal[place]!;
    columns.nextScores[i] = next[place]!;
    columns.sourceBits[i] = bits[place]!;
  }
  return expressions === NO_EXPRESSIONS ? columns : { ...columns, ...expressionColumns(order.map((place) => rows[place]!), expressions) };
}

/** The best, and behind them what may be explored and is not among them: no other source has it any more. */
function withExplored(best: Int32Array, bits: Uint16Array, explored: number): Int32Array {
  const isBest = new Set(best);
  const others: number[] = [];
  for (let place = 0; place < bits.length; place++) {
    if ((bits[place]! & explored) === 0 || isBest.has(place)) continue;
    bits[place] = explored;
    others.push(place);
  }
  return Int32Array.of(...best, ...others);
}

/** The first `limit` of an order; places that must stay push out the last that need not. */
function cut(order: Int32Array, limit: number, mustStay: (place: number) => boolean): Int32Array {
  const late = order.subarray(limit).filter(mustStay);
  const kept = Array.from(order.subarray(0, limit));
  let missing = late.length;
  for (let i = kept.length - 1; i >= 0 && missing > 0; i--) {
    if (mustStay(kept[i]!)) continue;
    kept.splice(i, 1);
    missing--;
  }
  return Int32Array.of(...kept, ...late.subarray(0, late.length - missing));
}

function expressionColumns(rows: Int32Array, { boosts, pins }: VisitExpressions): Pick<CandidateColumns, 'boosts' | 'pinMatches'> {
  const product = (row: number): number => boosts.reduce((factor, boost) => factor * boost(row), 1);
  const matches = (row: number): number => pins.reduce((bits, pin, i) => (pin.test(row) ? bits | (1 << i) : bits), 0);
  return {
    boosts: boosts.length === 0 ? new Float32Array(0) : Float32Array.from(rows, (row) => Math.min(MOST_BOOST, Math.max(LEAST_BOOST, product(row)))),
    pinMatches: pins.length === 0 ? new Uint16Array(0) : Uint16Array.from(rows, matches),
  };
}

/** The retriever's score of each candidate: the search has scored those that it found, the same number as any. Undefined without a user vector. */
function personalScores(candidates: MergedCandidates, { retriever, userVector }: RetrievalQuery, answers: readonly SourceAnswer[]): Float32Array | undefined {
  if (retriever === undefined || userVector === undefined) return undefined;
  const column = new Float32Array(candidates.count).fill(NaN);
  for (const { found: { rows, scores }, report } of answers) {
    if (report.name !== 'personal') continue;
    for (let i = 0; i < rows.length; i++) {
      const place = candidates.place(rows[i]!);
      if (place >= 0) column[place] = scores[i]!;
    }
  }
  const others = candidates.rows.filter((_, place) => Number.isNaN(column[place]));
  const scores = retriever.score(userVector, others);
  for (let i = 0; i < others.length; i++) column[candidates.place(others[i]!)] = scores[i]!;
  return column;
}

/** The next-item neighbours' score of each candidate. */
function nextScores(candidates: MergedCandidates, { next: { rows, scores } }: RetrievalQuery): Float32Array {
  const column = new Float32Array(candidates.count);
  for (let i = 0; i < rows.length; i++) {
    const place = candidates.place(rows[i]!);
    if (place >= 0) column[place] = scores[i]!;
  }
  return column;
}

/** What the source of similar items gave each candidate. */
function similarScores(candidates: MergedCandidates, answers: readonly SourceAnswer[]): { similar: Float32Array; similarHighest: number } {
  const similar = new Float32Array(candidates.count);
  let similarHighest = 0;
  for (const { found: { rows, scores }, report } of answers) {
    if (report.name !== 'similar') continue;
    for (let i = 0; i < rows.length; i++) {
      const place = candidates.place(rows[i]!);
      if (place < 0 || !(scores[i]! > 0)) continue;
      similar[place] = scores[i]!;
      similarHighest = Math.max(similarHighest, scores[i]!);
    }
  }
  return { similar, similarHighest };
}

/** Columns of one answer, all in one buffer. */
function columnsOf(size: number): CandidateColumns {
  const buffer = new ArrayBuffer(size * 18);
  return {
    ordinals: new Int32Array(buffer, 0, size), scores: new Float32Array(buffer, size * 4, size), personalScores: new Float32Array(buffer, size * 8, size),
    nextScores: new Float32Array(buffer, size * 12, size), sourceBits: new Uint16Array(buffer, size * 16, size),
    boosts: new Float32Array(0), pinMatches: new Uint16Array(0),
  };
}
