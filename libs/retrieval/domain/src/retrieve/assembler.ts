import type { ItemStatistic } from '@serendip/shared-layouts';
import type { Clock } from '../catalogue/derived.js';
import type { PopularityOrder } from '../catalogue/popularity-order.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { RetrievalResult, SourceReport, SourceRequest } from '../request/retrieval-request.js';
import { windowStatistic } from '../sources/source-catalogue.js';
import { fillUp } from './fill-up.js';
import { candidateColumns } from './candidate-columns.js';
import { explorationPool } from './exploration-pool.js';
import { MergedCandidates } from './merged-candidates.js';
import { pinnedRows } from './pinned-rows.js';
import type { SourceAnswer } from './run-sources.js';

/** Names in the reports of what brought candidates that no source found. */
const FILL = 'fill';
const PIN = 'pin';
/** Names what may be explored: behind all others, and no part of what they are ordered by. */
const EXPLORATION = 'exploration';

/** Makes one list of what the sources found: merged, with the best match of each pin, filled up, scored, ordered, cut. Synchronous, on tables that are used again. */
export class Assembler {
  private readonly candidates = new MergedCandidates();

  constructor(private readonly clock: Clock) {}

  assemble(query: RetrievalQuery, answers: readonly SourceAnswer[]): RetrievalResult {
    const { request, catalogue, filter, retriever, expressions } = query;
    const popularity = catalogue.popularity(popularityStatistic(request.sources));
    const onlyGiven = request.sources.length > 0 && request.sources.every(({ name }) => name === 'given');
    const offered = answers.reduce((sum, answer) => sum + answer.found.rows.length, 0);
    const room = offered + expressions.pins.length ** 2 + request.limit + (request.exploration?.limit ?? 0);
    const candidates = this.candidates.begin(room);
    answers.forEach(({ found: { rows } }, bit) => {
      for (let i = 0; i < rows.length; i++) if (filter.allows(rows[i]!)) candidates.add(rows[i]!, bit);
    });
    const sources = answers.map(({ report }) => report);
    const pinned = new Set<number>();
    if (!onlyGiven) {
      if (expressions.pins.length > 0) sources.push(...this.timed(PIN, () => this.pin(candidates, query, { popularity, pinned, bit: sources.length })));
      if (candidates.count < request.limit) sources.push(...this.timed(FILL, () => fillUp(candidates, query, { popularity, limit: request.limit, bit: sources.length })));
    }
    const found = candidates.count;
    const explored = request.exploration === undefined ? [] : this.timed(EXPLORATION, () => explore(candidates, query, sources.length));
    sources.push(...explored);
    return { ...candidateColumns(candidates, query, { answers, popularity, pinned, found, explored: explored.length << (sources.length - 1) }), sources, drops: filter.drops, retriever: retriever?.model.reference ?? '', searched: catalogue.columns.size };
  }

  /** Adds the best rows of each pin, names all of them in `pinned` and answers how many are new. */
  private pin(candidates: MergedCandidates, query: RetrievalQuery, { popularity, pinned, bit }: { popularity: PopularityOrder; pinned: Set<number>; bit: number }): number {
    const before = candidates.count;
    for (const rows of pinnedRows(query, popularity)) {
      for (const row of rows) {
        pinned.add(row);
        if (candidates.place(row) < 0) candidates.add(row, bit);
      }
    }
    return candidates.count - before;
  }

  /** The report of a step that adds candidates, if it added any. */
  private timed(name: string, add: () => number): SourceReport[] {
    const started = this.clock();
    const found = add();
    return found === 0 ? [] : [{ name, found, tookUs: Math.max(0, Math.round((this.clock() - started) * 1000)), error: '' }];
  }
}

/** Marks what may be explored, and adds what is no candidate yet; answers how many those are. */
function explore(candidates: MergedCandidates, query: RetrievalQuery, bit: number): number {
  const pool = explorationPool(query.request.exploration!, query);
  for (const row of pool) candidates.add(row, bit);
  return pool.length;
}

/** What popularity means to a request: that of its first source of popular or trending items, or of the last week. */
function popularityStatistic(sources: readonly SourceRequest[]): ItemStatistic {
  for (const { name, window } of sources) {
    if (name === 'trending') return 'engagement_1d';
    if (name === 'popular') return windowStatistic(window) ?? 'engagement_7d';
  }
  return 'engagement_7d';
}
