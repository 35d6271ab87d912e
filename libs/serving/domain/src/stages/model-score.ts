import type { Candidates, Context, Scorer } from '@serendip/shared-pipeline';
import type { CandidateRanker, RetrievedCandidates } from '../ports.js';
import { EXPLORATION, reserveOf, type Query } from '../query.js';
import type { RecommendationRequest } from '../recommendation.js';

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
    const ranked = await this.ranker.rank(request, { ...columns, userState }, { featureRows: rowsWanted(request, columns) }, context);
    if (context.signal.aborted) return;
    if (ranked.scores.length !== candidates.score.length) throw new Error('LENGTH_MISMATCH');
    candidates.score.set(ranked.scores);
    work.ranked = ranked;
  }
}

/** Of all where any may be shown or asked about; of those that can be in the list where scores have the last word. */
function rowsWanted({ explain, logFeatures, limit }: RecommendationRequest, { ordinals, sourceNames, boosts, impressionFactors, pinMatches }: RetrievedCandidates): number {
  if (!explain && !logFeatures) return 0;
  const isMoved = boosts !== undefined || impressionFactors !== undefined || pinMatches !== undefined || sourceNames.includes(EXPLORATION);
  return explain || isMoved ? ordinals.length : reserveOf(limit);
}
