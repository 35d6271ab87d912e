import type { MessageInitShape, ranking } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { CandidateColumns, CandidateRanker, RankOptions, RankedCandidates, RecommendationRequest } from '@serendip/serving-domain';
import { bytesOf, float32sOf, int32sOf } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import { contextMessage } from './context-message.js';
import { Gathered } from './gathered.js';
import { resultOf } from './hop.js';

type RankRequest = MessageInitShape<typeof ranking.RankRequestSchema>;

/** Asks the ranking service for one score for each candidate; requests of the same moment share a call. */
export class GrpcCandidateRanker implements CandidateRanker {
  private readonly call: Gathered<RankRequest, ranking.RankResult>;

  constructor(client: GrpcClient<typeof ranking.RankingService>) {
    this.call = new Gathered({ send: async (requests, options) => (await client.rankCandidates({ requests }, options)).results });
  }

  async rank(
    request: RecommendationRequest, columns: CandidateColumns & { readonly userState: Uint8Array }, options: RankOptions, context: Context,
  ): Promise<RankedCandidates> {
    const result = resultOf(await this.call.ask({
      tenant: request.tenant,
      ranker: request.plan.ranker,
      userState: columns.userState,
      ordinals: bytesOf(columns.ordinals),
      scores: bytesOf(columns.scores),
      personalScores: bytesOf(columns.personalScores),
      nextScores: bytesOf(columns.nextScores),
      context: contextMessage(request.context),
      nowMs: request.nowMs,
      objective: request.plan.objective.map(({ head, weight }) => ({ head, weight })),
      featureRows: options.featureRows,
    }, context), 'ranking');
    const scores = float32sOf(result.scores);
    const { ranker, version } = result;
    if (result.features.length === 0) return { scores, ranker, version };
    return { scores, ranker, version, rows: { names: result.featureNames, values: float32sOf(result.features), ordinals: int32sOf(result.featureOrdinals) } };
  }
}
