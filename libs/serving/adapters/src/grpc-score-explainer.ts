import type { GrpcClient } from '@serendip/platform-grpc';
import type { FeatureStatus, RecommendationRequest, ScoreExplainer, ScoreExplanation, ScoredRows } from '@serendip/serving-domain';
import { ranking } from '@serendip/shared-contracts';
import { bytesOf, float32sOf, float64sOf } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import { contextMessage } from './context-message.js';
import { hop } from './hop.js';

const words: Readonly<Record<ranking.FeatureStatus, FeatureStatus>> = {
  [ranking.FeatureStatus.UNSPECIFIED]: 'NULL_VALUE', [ranking.FeatureStatus.PRESENT]: 'PRESENT', [ranking.FeatureStatus.NULL_VALUE]: 'NULL_VALUE', [ranking.FeatureStatus.NOT_FOUND]: 'NOT_FOUND',
  [ranking.FeatureStatus.OUTSIDE_MAX_AGE]: 'OUTSIDE_MAX_AGE',
};

/** A status as answers have it; of one that was not said, that nothing is known. */
export const featureStatusOf = (status: ranking.FeatureStatus): FeatureStatus => words[status];

/** Asks the ranking service what makes rows score as they do. */
export class GrpcScoreExplainer implements ScoreExplainer {
  constructor(private readonly client: GrpcClient<typeof ranking.RankingService>) {}

  async explain({ tenant, plan, context: visit, nowMs }: RecommendationRequest, rows: ScoredRows, context: Context): Promise<ScoreExplanation> {
    const { heads, headScores, contributions, baseline, statuses, newestMs, ...answer } = await this.client.explainRows({
      tenant, ranker: plan.ranker, features: bytesOf(rows.values), objective: plan.objective.map(({ head, weight }) => ({ head, weight })),
      userState: rows.userState, ordinals: bytesOf(rows.ordinals), personalScores: bytesOf(rows.personalScores), nextScores: bytesOf(rows.nextScores), context: contextMessage(visit), nowMs,
    }, hop(context));
    return {
      heads: heads.map(({ head, weight }) => ({ head, weight })), headScores: float32sOf(headScores), contributions: float32sOf(contributions), baseline,
      words: answer.words, means: float32sOf(answer.means), logarithms: answer.logarithms, statuses: statuses.map(featureStatusOf), newestMs: float64sOf(newestMs),
    };
  }
}
