import type { Context, Found, Source } from '@serendip/shared-pipeline';
import { withoutShown } from '../paging/shown-items.js';
import type { CandidateRetriever } from '../ports.js';
import type { Query } from '../query.js';

/** All sources in one call; what failed inside it is named, and the others' candidates are used. */
export class Candidates implements Source<Query> {
  readonly name = 'candidates';

  constructor(private readonly retriever: CandidateRetriever, readonly timeoutMs: number) {}

  async fetch({ request, userState, work }: Query, context: Context): Promise<Found> {
    const found = await this.retriever.retrieve(request, userState, context);
    work.maybeMore = found.ordinals.length >= request.plan.candidates;
    const candidates = withoutShown(found, request.shownOrdinals);
    work.candidates = candidates;
    for (const { name, error } of candidates.sources) if (error !== '') work.late.push({ stage: `source:${name}`, reason: error });
    if (request.plan.retriever !== '' && candidates.retriever === '') work.late.push({ stage: 'retriever', reason: 'RETRIEVER_NOT_LOADED' });
    return { ordinal: candidates.ordinals, score: candidates.scores };
  }
}
