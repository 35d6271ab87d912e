import type { ItemStatistic } from '@serendip/shared-layouts';
import type { Clock } from '../catalogue/derived.js';
import { descendingOrder } from '../ordering/descending-order.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { RetrievalResult, SourceReport, SourceRequest } from '../request/retrieval-request.js';
import { windowStatistic } from '../sources/source-catalogue.js';
import { fillUp } from './fill-up.js';
import { MergedCandidates } from './merged-candidates.js';
import { retrievalScores } from './retrieval-score.js';
import type { SourceAnswer } from './run-sources.js';

type CandidateColumns = Pick<RetrievalResult, 'ordinals' | 'scores' | 'personalScores' | 'nextScores' | 'sourceBits'>;

/** Name in the reports of what filled the list. */
const FILL = 'fill';

/** Makes one list of what the sources found: merged, filled up, scored, ordered, cut. Synchronous, on tables that are used again. */
export class Assembler {
  private readonly candidates = new MergedCandidates();

  constructor(private readonly clock: Clock) {}

  assemble(query: RetrievalQuery, answers: readonly SourceAnswer[]): RetrievalResult {
    const { request, catalogue: { columns }, filter: { mask, drops }, retriever } = query;
    const found = answers.reduce((sum, answer) => sum + answer.found.rows.length, 0);
    const candidates = this.candidates.begin({ room: found + request.limit, rows: columns.size });
    answers.forEach(({ found: { rows } }, bit) => {
      for (let i = 0; i < rows.length; i++) if (mask[rows[i]!] === 1) candidates.add(rows[i]!, bit);
    });
    const sources = [...answers.map(({ report }) => report), ...this.fill(candidates, query, answers.length)];
    return { ...ordered(candidates, query, answers), sources, drops, retriever: retriever?.model.reference ?? '' };
  }

  private fill(candidates: MergedCandidates, query: RetrievalQuery, bit: number): SourceReport[] {
    const { sources, limit } = query.request;
    const onlyGiven = sources.length > 0 && sources.every(({ name }) => name === 'given');
    if (onlyGiven || candidates.count >= limit) return [];
    const started = this.clock();
    const popularity = query.catalogue.popularity(popularityStatistic(sources));
    const found = fillUp(candidates, query, { popularity, limit, bit });
    return found === 0 ? [] : [{ name: FILL, found, tookUs: Math.max(0, Math.round((this.clock() - started) * 1000)), error: '' }];
  }
}

/** What popularity means to a request: that of its first source of popular or trending items, or of the last week. */
function popularityStatistic(sources: readonly SourceRequest[]): ItemStatistic {
  for (const { name, window } of sources) {
    if (name === 'trending') return 'engagement_1d';
    if (name === 'popular') return windowStatistic(window) ?? 'engagement_7d';
  }
  return 'engagement_7d';
}

function ordered(candidates: MergedCandidates, query: RetrievalQuery, answers: readonly SourceAnswer[]): CandidateColumns {
  const { request, catalogue, retriever, userVector } = query;
  const { rows, bits } = candidates;
  const personal = retriever === undefined || userVector === undefined ? undefined : retriever.score(userVector, rows);
  const next = nextScores(candidates, query);
  const scores = retrievalScores(
    rows, { personal, next, nextHighest: query.next.highest, ...similarScores(candidates, answers) }, catalogue.popularity(popularityStatistic(request.sources)),
  );
  const order = descendingOrder(scores).subarray(0, request.limit);
  const columns = columnsOf(order.length);
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!;
    columns.ordinals[i] = catalogue.columns.ordinal[rows[place]!]!;
    columns.scores[i] = scores[place]!;
    columns.personalScores[i] = personal === undefined ? NaN : personal[place]!;
    columns.nextScores[i] = next[place]!;
    columns.sourceBits[i] = bits[place]!;
  }
  return columns;
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
  };
}
