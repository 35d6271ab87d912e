import { Module, type DynamicModule } from '@nestjs/common';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { Logger } from '@serendip/platform-logging';
import { LiveRankers } from '@serendip/ranking-adapters';
import type { Registry } from 'prom-client';
import { RankingController } from './ranking.controller.js';
import { RankingMetrics } from './ranking.metrics.js';
import { ResultVersion } from './result-version.js';
import { LOGGER } from './tokens.js';

export interface RankingParts {
  readonly rankers: LiveRankers;
  readonly feed: CatalogueFeed;
  readonly version: ResultVersion;
  readonly registry: Registry;
  readonly logger: Logger;
}

/** The composition root: what the ranking service is made of. */
@Module({})
export class AppModule {
  static with({ rankers, feed, version, registry, logger }: RankingParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [RankingController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: LiveRankers, useValue: rankers },
        { provide: CatalogueFeed, useValue: feed },
        { provide: ResultVersion, useValue: version },
        { provide: RankingMetrics, useFactory: () => new RankingMetrics(registry, rankers) },
      ],
    };
  }
}
