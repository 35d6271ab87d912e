import type { Candidates, Context, Scorer } from '@serendip/shared-pipeline';
import type { CandidateRanker } from '../ports.js';
import { reserveOf, type Query } from '../query.js';

/** Scores with the plan's ranker; without it retrieval's order stands. */
export class ModelScore implements Scorer<Query> {
  readonly name = 'ranking';

  constructor(private readonly ranker: CandidateRanker, readonly timeoutMs: number) {}

  enabled({ request, work }: Query): boolean {
    return request.plan.ranker !== '' && (work.candidates?.ordinals.length ?? 0) > 0;
  }

  async score({ request, userState, work }: Query, candidates: Candidates, context: Context): Promise<void> {
    const columns = work.candidates!;
    if (columns.ordinals.length !== candidates.score.length) throw new Error('CANDIDATES_CHANGED');
    const wanted = request.explain || request.logFeatures;
    const options = { featureRows: wanted ? reserveOf(request.limit) : 0, contributions: request.explain };
    const ranked = await this.ranker.rank(request, { ...columns, userState }, options, context);
    if (ranked.scores.length !== candidates.score.length) throw new Error('LENGTH_MISMATCH');
    candidates.score.set(ranked.scores);
    work.ranked = ranked;
  }
}
