import type { GrpcClient } from '@serendip/platform-grpc';
import type { FeatureRows, RecommendationRequest, ScoreExplainer, ScoreExplanation } from '@serendip/serving-domain';
import type { ranking } from '@serendip/shared-contracts';
import { bytesOf, float32sOf } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import { hop } from './hop.js';

/** Asks the ranking service what makes rows score as they do. */
export class GrpcScoreExplainer implements ScoreExplainer {
  constructor(private readonly client: GrpcClient<typeof ranking.RankingService>) {}

  async explain({ tenant, plan }: RecommendationRequest, { values }: FeatureRows, context: Context): Promise<ScoreExplanation> {
    const { heads, headScores, contributions, baseline, words, means, logarithms } = await this.client.explainRows({
      tenant, ranker: plan.ranker, features: bytesOf(values), objective: plan.objective.map(({ head, weight }) => ({ head, weight })),
    }, hop(context));
    return {
      heads: heads.map(({ head, weight }) => ({ head, weight })), headScores: float32sOf(headScores), contributions: float32sOf(contributions), baseline,
      words, means: float32sOf(means), logarithms,
    };
  }
}
