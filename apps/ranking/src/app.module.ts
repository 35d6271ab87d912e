import { Module, type DynamicModule } from '@nestjs/common';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { ConfigWatcher } from '@serendip/platform-config';
import type { Prices } from '@serendip/platform-config/prices';
import type { Logger } from '@serendip/platform-logging';
import { LiveRankers } from '@serendip/ranking-adapters';
import { RecentQueries } from '@serendip/ranking-domain';
import type { Registry } from 'prom-client';
import { InferenceController } from './inference/inference.controller.js';
import { InferenceModels } from './inference/inference-models.js';
import { RankingController } from './ranking.controller.js';
import { RankingMetrics } from './ranking.metrics.js';
import { ResultVersion } from './result-version.js';
import { LOGGER } from './tokens.js';

export interface RankingParts {
  readonly rankers: LiveRankers;
  readonly recent: RecentQueries;
  readonly feed: CatalogueFeed;
  readonly watcher: Pick<ConfigWatcher, 'current'>;
  readonly version: ResultVersion;
  readonly registry: Registry;
  readonly prices?: Prices;
  readonly logger: Logger;
}

/** The composition root: what the ranking service is made of. */
@Module({})
export class AppModule {
  static with({ rankers, recent, feed, watcher, version, registry, prices, logger }: RankingParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [RankingController, InferenceController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: LiveRankers, useValue: rankers },
        { provide: RecentQueries, useValue: recent },
        { provide: CatalogueFeed, useValue: feed },
        { provide: ResultVersion, useValue: version },
        { provide: RankingMetrics, useFactory: () => new RankingMetrics(registry, rankers, prices) },
        { provide: InferenceModels, useFactory: (metrics: RankingMetrics) => new InferenceModels(rankers, watcher, metrics), inject: [RankingMetrics] },
      ],
    };
  }
}
