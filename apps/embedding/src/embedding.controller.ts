import { Controller, Inject } from '@nestjs/common';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { CallContext, Rpc, type Handlers } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import { CandidateRetriever, RetrieverSet, referenceName } from '@serendip/retrieval-domain';
import { retrieval, type MessageInitShape } from '@serendip/shared-contracts';
import { isDomainError } from '@serendip/shared-errors';
import { int32sOf } from '@serendip/shared-layouts';
import { AskingTime, type Context } from '@serendip/shared-pipeline';
import { candidateRequest, candidateResult, catalogueDescription, isCutShort } from './embedding.mapper.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { ResultVersion } from './result-version.js';
import { LOGGER } from './tokens.js';

type Result = MessageInitShape<typeof retrieval.CandidateResultSchema>;

/** Milliseconds that the requests of a message may spend on asking filters together: others wait for the whole message. */
const MESSAGE_FILTER_MS = 100;

/** Answers candidates from every source; each request of a message fails or succeeds by itself. */
@Controller()
export class EmbeddingController implements Handlers<typeof retrieval.EmbeddingService> {
  constructor(
    private readonly candidates: CandidateRetriever,
    private readonly feed: CatalogueFeed,
    private readonly retrievers: RetrieverSet,
    private readonly metrics: EmbeddingMetrics,
    private readonly version: ResultVersion,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Rpc(retrieval.EmbeddingService, 'retrieveCandidates')
  async retrieveCandidates({ requests }: retrieval.RetrieveCandidatesRequest, context: CallContext) {
    const inner = { deadlineMs: performance.now() + context.deadlineMs - Date.now(), signal: context.signal, traceId: context.traceId };
    const filterTime = new AskingTime({ mostMs: MESSAGE_FILTER_MS });
    return { results: await Promise.all(requests.map((request) => this.retrieve(request, inner, filterTime))) };
  }

  @Rpc(retrieval.EmbeddingService, 'resolveItems')
  async resolveItems({ tenant, ordinals, nowMs }: retrieval.ResolveItemsRequest) {
    return { items: this.candidates.resolve(tenant, int32sOf(ordinals), nowMs || Date.now()) };
  }

  @Rpc(retrieval.EmbeddingService, 'readVersions')
  async readVersions({ tenants }: retrieval.ReadVersionsRequest) {
    return { versions: tenants.map((tenant) => this.version.of(tenant)) };
  }

  @Rpc(retrieval.EmbeddingService, 'describeCatalogue')
  async describeCatalogue({ tenant }: retrieval.DescribeCatalogueRequest) {
    const view = this.feed.view(tenant);
    return view === undefined ? {} : catalogueDescription(view.columns.attributeTypes());
  }

  @Rpc(retrieval.EmbeddingService, 'getStatus')
  async getStatus() {
    return {
      retrievers: this.retrievers.list().map(({ reference, items }) => ({ tenant: reference.tenant, retriever: referenceName(reference), items })),
      items: this.metrics.items(),
      caughtUp: this.feed.caughtUp,
    };
  }

  private async retrieve(request: retrieval.CandidateRequest, context: Context, filterTime: AskingTime): Promise<Result> {
    const started = performance.now();
    try {
      const before = this.version.of(request.tenant);
      const result = await this.candidates.retrieve(candidateRequest(request, Date.now()), context, filterTime);
      this.metrics.answered(result, (performance.now() - started) / 1000);
      return { ...candidateResult(result), version: this.version.of(request.tenant) === before && !isCutShort(result) ? before : '' };
    } catch (error) {
      const code = isDomainError(error) ? error.code : 'INTERNAL';
      if (code === 'INTERNAL') this.logger.error({ err: error, tenant: request.tenant, traceId: context.traceId }, 'A request for candidates failed.');
      this.metrics.failed(code);
      return { error: code };
    }
  }
}
