import { Controller } from '@nestjs/common';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { Rpc, type Handlers } from '@serendip/platform-grpc';
import { LiveRankers } from '@serendip/ranking-adapters';
import { ranking, type MessageInitShape } from '@serendip/shared-contracts';
import { isDomainError } from '@serendip/shared-errors';
import { rankQuery, rankResult } from './ranking.mapper.js';
import { RankingMetrics } from './ranking.metrics.js';
import { ResultVersion } from './result-version.js';

type Result = MessageInitShape<typeof ranking.RankResultSchema>;

/** Ranks requests with the versions that are loaded; each request of a batch fails or succeeds by itself. */
@Controller()
export class RankingController implements Handlers<typeof ranking.RankingService> {
  constructor(private readonly rankers: LiveRankers, private readonly feed: CatalogueFeed, private readonly metrics: RankingMetrics, private readonly version: ResultVersion) {}

  @Rpc(ranking.RankingService, 'rankCandidates')
  async rankCandidates({ requests }: ranking.RankCandidatesRequest) {
    return { results: await Promise.all(requests.map((request) => this.rank(request))) };
  }

  @Rpc(ranking.RankingService, 'readVersions')
  async readVersions({ tenants }: ranking.ReadVersionsRequest) {
    return { versions: tenants.map((tenant) => this.version.of(tenant)) };
  }

  @Rpc(ranking.RankingService, 'getStatus')
  async getStatus() {
    return {
      rankers: this.rankers.all.map(({ tenant, ranker }) => ({ tenant, ranker: ranker.spec.name, device: ranker.device })),
      items: this.rankers.all.reduce((most, { tenant }) => Math.max(most, this.feed.columns(tenant).size), 0),
      caughtUp: this.feed.caughtUp,
    };
  }

  private async rank(request: ranking.RankRequest): Promise<Result> {
    const ranker = this.rankers.get(request.tenant, request.ranker);
    if (ranker === undefined) return this.failure(request, 'NOT_FOUND');
    const started = performance.now();
    try {
      const before = this.version.of(request.tenant);
      const outcome = await ranker.rank(rankQuery(request, this.feed.columns(request.tenant)));
      this.metrics.ranked(ranker.spec.name, { rows: outcome.scores.length, seconds: (performance.now() - started) / 1000 });
      return { ...rankResult(outcome, ranker.spec), version: this.version.of(request.tenant) === before ? before : '' };
    } catch (error) {
      return this.failure(request, isDomainError(error) ? error.code : error instanceof RangeError ? 'INVALID_ARGUMENT' : 'INTERNAL');
    }
  }

  private failure({ ranker }: ranking.RankRequest, error: string): Result {
    this.metrics.failed(ranker, error);
    return { error };
  }
}
