import type { Context, Found, Source } from '@serendip/shared-pipeline';
import { withoutShown } from '../paging/shown-items.js';
import type { CandidateRetriever, FactsReader } from '../ports.js';
import { rulesOf, type Query } from '../query.js';

/** All sources in one call; what failed inside it is named, and the others' candidates are used. */
export class Candidates implements Source<Query> {
  readonly name = 'candidates';

  constructor(private readonly retriever: CandidateRetriever, private readonly facts: FactsReader, readonly timeoutMs: number) {}

  async fetch(query: Query, context: Context): Promise<Found> {
    const { request, userState, work } = query;
    const found = await this.retriever.retrieve(request, { userState, rules: rulesOf(query, this.facts) }, context);
    work.maybeMore = found.ordinals.length >= request.plan.candidates;
    const candidates = withoutShown(found, request.shownOrdinals);
    work.candidates = candidates;
    for (const { name, error } of candidates.sources) if (error !== '') work.late.push({ stage: `source:${name}`, reason: error });
    if (request.plan.retriever !== '' && candidates.retriever === '') work.late.push({ stage: 'retriever', reason: 'RETRIEVER_NOT_LOADED' });
    return { ordinal: candidates.ordinals, score: candidates.scores };
  }
}
