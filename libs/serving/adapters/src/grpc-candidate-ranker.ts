import type { ranking } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { CandidateColumns, CandidateRanker, RankOptions, RankedCandidates, RecommendationRequest } from '@serendip/serving-domain';
import { bytesOf, float32sOf, int32sOf } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import { contextMessage } from './context-message.js';
import { hop, onlyResult } from './hop.js';

/** Asks the ranking service for one score for each candidate. */
export class GrpcCandidateRanker implements CandidateRanker {
  constructor(private readonly client: GrpcClient<typeof ranking.RankingService>) {}

  async rank(
    request: RecommendationRequest, columns: CandidateColumns & { readonly userState: Uint8Array }, options: RankOptions, context: Context,
  ): Promise<RankedCandidates> {
    const { results } = await this.client.rankCandidates({
      requests: [{
        tenant: request.tenant,
        ranker: request.plan.ranker,
        userState: columns.userState,
        ordinals: bytesOf(columns.ordinals),
        scores: bytesOf(columns.scores),
        personalScores: bytesOf(columns.personalScores),
        nextScores: bytesOf(columns.nextScores),
        sourceBits: bytesOf(columns.sourceBits),
        sourceNames: [...columns.sourceNames],
        context: contextMessage(request.context),
        nowMs: request.nowMs,
        objective: request.plan.objective.map(({ head, weight }) => ({ head, weight })),
        featureRows: options.featureRows,
        contributions: options.contributions,
      }],
    }, hop(context));
    const result = onlyResult(results, 'ranking');
    const scores = float32sOf(result.scores);
    if (result.features.length === 0) return { scores, ranker: result.ranker };
    return {
      scores,
      ranker: result.ranker,
      rows: {
        names: result.featureNames,
        values: float32sOf(result.features),
        ordinals: int32sOf(result.featureOrdinals),
        ...(result.contributions.length === 0 ? {} : { contributions: float32sOf(result.contributions) }),
      },
    };
  }
}
