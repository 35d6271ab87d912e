import { Controller, Inject } from '@nestjs/common';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { CallContext, Rpc, type Handlers } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import { LiveRankers } from '@serendip/ranking-adapters';
import { FEATURE_DATES, FeatureReader, NAMEABLE_FEATURES, RecentQueries, type Ranker } from '@serendip/ranking-domain';
import { ranking, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { float32sOf } from '@serendip/shared-layouts';
import { explainedQuery, featureQuery, featuresResponse, statusesOf } from './features.mapper.js';
import { explainResponse, rankQuery, rankResult } from './ranking.mapper.js';
import { RankingMetrics } from './ranking.metrics.js';
import { ResultVersion } from './result-version.js';
import { LOGGER } from './tokens.js';

type Result = MessageInitShape<typeof ranking.RankResultSchema>;

const MOST_EXPLAINED = 200;

/** Ranks requests with the versions that are loaded; each request of a batch fails or succeeds by itself. */
@Controller()
export class RankingController implements Handlers<typeof ranking.RankingService> {
  private readonly readers = new WeakMap<Ranker, FeatureReader>();

  constructor(
    private readonly rankers: LiveRankers,
    private readonly recent: RecentQueries,
    private readonly feed: CatalogueFeed,
    private readonly metrics: RankingMetrics,
    private readonly version: ResultVersion,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Rpc(ranking.RankingService, 'rankCandidates')
  async rankCandidates({ requests }: ranking.RankCandidatesRequest, context: CallContext) {
    return { results: await Promise.all(requests.map((request) => this.rank(request, context))) };
  }

  @Rpc(ranking.RankingService, 'explainRows')
  async explainRows(request: ranking.ExplainRowsRequest) {
    const { tenant, ranker: name, features, objective } = request;
    const ranker = this.rankers.get(tenant, name);
    if (ranker === undefined) throw new DomainError('NOT_FOUND', 'RANKER_NOT_LOADED', `Ranker ${name} is not loaded here.`);
    const rows = float32sOf(features);
    const width = ranker.spec.features.length;
    if (rows.length % width !== 0 || rows.length > MOST_EXPLAINED * width) throw new DomainError('INVALID_ARGUMENT', 'ROWS_INVALID', `At most ${MOST_EXPLAINED} rows of ${width} features can be explained.`);
    const made = explainedQuery(request, { columns: this.feed.columns(tenant), spec: ranker.spec });
    return { ...explainResponse(await ranker.explain(rows, objective), ranker.spec), ...(made === undefined ? {} : statusesOf(this.readerOf(ranker).behind(made))) };
  }

  @Rpc(ranking.RankingService, 'readVersions')
  async readVersions({ tenants }: ranking.ReadVersionsRequest) {
    return { versions: tenants.map((tenant) => this.version.of(tenant)) };
  }

  @Rpc(ranking.RankingService, 'listFeatures')
  async listFeatures() {
    return { features: NAMEABLE_FEATURES.map(({ name, entity, computed, meaning, dated }) => ({ name, entity, computed, meaning, datedBy: FEATURE_DATES[dated] })) };
  }

  @Rpc(ranking.RankingService, 'readFeatures')
  async readFeatures(request: ranking.ReadFeaturesRequest) {
    const { names, query } = featureQuery(request, this.feed.columns(request.tenant));
    return featuresResponse(names, new FeatureReader(names).read(query));
  }

  @Rpc(ranking.RankingService, 'getStatus')
  async getStatus() {
    return {
      rankers: this.rankers.all.map(({ tenant, ranker }) => ({ tenant, ranker: ranker.spec.name, device: ranker.device })),
      items: this.rankers.all.reduce((most, { tenant }) => Math.max(most, this.feed.columns(tenant).size), 0),
      caughtUp: this.feed.caughtUp,
    };
  }

  private readerOf(ranker: Ranker): FeatureReader {
    let reader = this.readers.get(ranker);
    if (reader === undefined) this.readers.set(ranker, reader = new FeatureReader(ranker.spec.features));
    return reader;
  }

  private async rank(request: ranking.RankRequest, context: CallContext): Promise<Result> {
    const ranker = this.rankers.get(request.tenant, request.ranker);
    if (ranker === undefined) return this.failure(request, 'NOT_FOUND');
    const started = performance.now();
    try {
      const before = this.version.of(request.tenant);
      const query = rankQuery(request, this.feed.columns(request.tenant));
      const outcome = await ranker.rank(query);
      // Only what could be ranked: a new version is not to be refused for a request that makes no sense.
      this.recent.record(request.tenant, query);
      this.metrics.ranked(ranker.spec.name, { rows: outcome.scores.length, seconds: (performance.now() - started) / 1000 });
      return { ...rankResult(outcome, ranker.spec), version: ranker.spec.name === request.ranker && this.version.of(request.tenant) === before ? before : '' };
    } catch (error) {
      const code = isDomainError(error) ? error.code : error instanceof RangeError ? 'INVALID_ARGUMENT' : 'INTERNAL';
      if (code === 'INTERNAL') this.logger.error({ err: error, tenant: request.tenant, traceId: context.traceId }, 'A request was not ranked.');
      return this.failure(request, code);
    }
  }

  private failure({ ranker }: ranking.RankRequest, error: string): Result {
    this.metrics.failed(ranker, error);
    return { error };
  }
}
