import type { GrpcClient } from '@serendip/platform-grpc';
import type { MadeFrom, RecommendationRequest, VersionReader } from '@serendip/serving-domain';
import type { ranking, retrieval } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import type { Context } from '@serendip/shared-pipeline';
import { Gathered } from './gathered.js';

/** Asks embedding and ranking for their versions of a tenant, side by side; who comes while an answer is on its way shares the next call. */
export class GrpcVersionReader implements VersionReader {
  private readonly candidates: Gathered<string, string>;
  private readonly rankings: Gathered<string, string>;

  constructor(embedding: GrpcClient<typeof retrieval.EmbeddingService>, rankingClient: GrpcClient<typeof ranking.RankingService>) {
    const nameOf = (tenant: string): string => tenant;
    this.candidates = new Gathered({ send: async (tenants, options) => (await embedding.readVersions({ tenants }, options)).versions, nameOf, oneAtATime: true });
    this.rankings = new Gathered({ send: async (tenants, options) => (await rankingClient.readVersions({ tenants }, options)).versions, nameOf, oneAtATime: true });
  }

  /** Rejects with UNAVAILABLE/VERSION_UNKNOWN while a service has none. */
  async read({ tenant, plan }: RecommendationRequest, context: Context): Promise<Omit<MadeFrom, 'userState'>> {
    const [candidates, scores] = await Promise.all([this.candidates.ask(tenant, context), plan.ranker === '' ? 'none' : this.rankings.ask(tenant, context)]);
    if (!candidates || !scores) throw new DomainError('UNAVAILABLE', 'VERSION_UNKNOWN', 'A service does not know now what its answers are made of.');
    return { candidates, ranking: plan.ranker === '' ? '' : scores };
  }
}
