import { Module, type DynamicModule } from '@nestjs/common';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { Logger } from '@serendip/platform-logging';
import { CandidateRetriever, RetrieverSet } from '@serendip/retrieval-domain';
import { EmbeddingController } from './embedding.controller.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { ResultVersion } from './result-version.js';
import { LOGGER } from './tokens.js';

export interface AppParts {
  readonly candidates: CandidateRetriever;
  readonly feed: CatalogueFeed;
  readonly retrievers: RetrieverSet;
  readonly metrics: EmbeddingMetrics;
  readonly version: ResultVersion;
  readonly logger: Logger;
}

/** What the controller is given; `startEmbedding` makes it. */
@Module({})
export class AppModule {
  static with({ candidates, feed, retrievers, metrics, version, logger }: AppParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [EmbeddingController],
      providers: [
        { provide: CandidateRetriever, useValue: candidates },
        { provide: CatalogueFeed, useValue: feed },
        { provide: RetrieverSet, useValue: retrievers },
        { provide: EmbeddingMetrics, useValue: metrics },
        { provide: ResultVersion, useValue: version },
        { provide: LOGGER, useValue: logger },
      ],
    };
  }
}
