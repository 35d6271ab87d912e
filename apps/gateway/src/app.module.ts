import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { ConfigWatcher } from '@serendip/platform-config';
import type { Logger } from '@serendip/platform-logging';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import {
  CachedDocumentReader, GrpcCandidateRanker, GrpcCandidateRetriever, GrpcCatalogueSchemas, GrpcScoreExplainer, GrpcUserStateReader, GrpcVersionReader, LruSlateStore, ProfileFacts, StoredFallbackList,
} from '@serendip/serving-adapters';
import { Recommender, SharedSlates } from '@serendip/serving-domain';
import type { Registry } from 'prom-client';
import { ExperimentsController } from './admin/experiments.controller.js';
import { OperationsController } from './admin/operations.controller.js';
import { PlacementsController } from './admin/placements.controller.js';
import { ShadowController } from './admin/shadow.controller.js';
import { ShardsController } from './admin/shards.controller.js';
import { ShopController } from './admin/shop.controller.js';
import { ChangeLog } from './catalogue/change-log.js';
import { ItemsController } from './catalogue/items.controller.js';
import { UsersController } from './catalogue/users.controller.js';
import { Clients, clientsProvider } from './clients.js';
import { DataSetsController } from './data-sets/data-sets.controller.js';
import { DeadLetterReplay } from './dead-letters/dead-letter-replay.js';
import { DeadLetterReports } from './dead-letters/dead-letter-reports.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DocumentChanges } from './document-changes.service.js';
import { EventAdmission } from './events/event-admission.js';
import { EventsController } from './events/events.controller.js';
import { ExplorationFeedback } from './events/exploration-feedback.js';
import { FeaturesController } from './features/features.controller.js';
import { FallbackRefresh } from './fallback-refresh.service.js';
import type { GatewayConfig } from './gateway.config.js';
import { AccessGuard } from './http/access.guard.js';
import { Authenticator } from './http/authenticator.js';
import { RateLimiter } from './http/rate-limiter.js';
import { Metrics } from './metrics.js';
import { ModelUploads } from './models/model-uploads.js';
import { ModelsController } from './models/models.controller.js';
import { People } from './people/people.js';
import { PeopleController } from './people/people.controller.js';
import { Readiness } from './readiness.js';
import { AskRecommendation } from './recommendations/ask-recommendation.js';
import { BatchController } from './recommendations/batch.controller.js';
import { Planner } from './recommendations/planner.js';
import { RecommendationsController } from './recommendations/recommendations.controller.js';
import { Recommendations } from './recommendations/recommendations.service.js';
import { ServedLog } from './recommendations/served-log.js';
import { Shadows } from './recommendations/shadows.js';
import { CatalogueSchemas } from './rules/catalogue-schemas.service.js';
import { Preview } from './rules/preview.js';
import { RuleExpressions } from './rules/rule-expressions.js';
import { RulesController } from './rules/rules.controller.js';
import { GATEWAY_CONFIG, LOGGER, OBJECTS } from './tokens.js';

/** Most time each hop may take; their sum leaves room in the request's budget. */
const STAGE_TIMEOUTS = { userState: 150, candidates: 200, ranking: 200, documents: 100 };

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly watcher: ConfigWatcher;
  readonly registry: Registry;
  readonly logger: Logger;
}

/** The composition root: what the gateway is made of. */
@Module({})
export class AppModule {
  static with({ config, watcher, registry, logger }: GatewayParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        EventsController, DeadLettersController, DataSetsController, RecommendationsController, BatchController, ItemsController, UsersController, PeopleController, FeaturesController, PlacementsController, ModelsController, ExperimentsController,
        OperationsController, RulesController, ShadowController, ShardsController, ShopController,
      ],
      providers: [
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: OBJECTS, useFactory: () => openObjectStore(config.SERENDIP_OBJECTS) },
        { provide: ConfigWatcher, useValue: watcher },
        { provide: Metrics, useFactory: () => new Metrics(registry) },
        clientsProvider(config),
        { provide: CachedDocumentReader, useFactory: (clients: Clients) => new CachedDocumentReader(clients.featureStore, clients.embedding), inject: [Clients] },
        {
          provide: StoredFallbackList,
          useFactory: (clients: Clients, documents: CachedDocumentReader) =>
            new StoredFallbackList(join(config.SERENDIP_DATA_DIR, 'fallback.json'), clients.embedding, documents),
          inject: [Clients, CachedDocumentReader],
        },
        {
          provide: Recommender,
          useFactory: (clients: Clients, documents: CachedDocumentReader, fallback: StoredFallbackList) => new Recommender({
            userStates: new GrpcUserStateReader(clients.featureStore, clients.owners),
            retriever: new GrpcCandidateRetriever(clients.embedding),
            ranker: new GrpcCandidateRanker(clients.ranking),
            explainer: new GrpcScoreExplainer(clients.ranking),
            documents,
            fallback,
            facts: new ProfileFacts(),
            shared: config.SERENDIP_ANSWER_CACHE === 0 ? undefined : new SharedSlates(new LruSlateStore(config.SERENDIP_ANSWER_CACHE), new GrpcVersionReader(clients.embedding, clients.ranking)),
            now: () => Date.now(),
          }, STAGE_TIMEOUTS),
          inject: [Clients, CachedDocumentReader, StoredFallbackList],
        },
        { provide: EventAdmission, useFactory: () => new EventAdmission() },
        { provide: RateLimiter, useFactory: () => new RateLimiter(config.SERENDIP_REQUESTS_PER_SECOND) },
        { provide: Readiness, useFactory: (clients: Clients) => new Readiness(clients, logger), inject: [Clients] },
        { provide: ServedLog, useFactory: (clients: Clients, metrics: Metrics) => new ServedLog(clients, metrics, logger), inject: [Clients, Metrics] },
        {
          provide: Shadows,
          useFactory: (recommender: Recommender, planner: Planner, metrics: Metrics) => new Shadows(recommender, planner, metrics, logger),
          inject: [Recommender, Planner, Metrics],
        },
        { provide: DeadLetterReports, useFactory: (clients: Clients, metrics: Metrics) => new DeadLetterReports(clients, metrics, logger), inject: [Clients, Metrics] },
        {
          provide: DocumentChanges,
          useFactory: (documents: CachedDocumentReader) => new DocumentChanges(documents, watcher, logger),
          inject: [CachedDocumentReader],
        },
        {
          provide: FallbackRefresh,
          useFactory: (list: StoredFallbackList) => new FallbackRefresh(list, watcher, logger),
          inject: [StoredFallbackList],
        },
        { provide: ModelUploads, useFactory: (clients: Clients, objects: ObjectStore) => new ModelUploads(clients, objects, config.SERENDIP_DATA_DIR), inject: [Clients, OBJECTS] },
        { provide: CatalogueSchemas, useFactory: (clients: Clients) => new CatalogueSchemas(new GrpcCatalogueSchemas(clients.embedding), watcher, logger), inject: [Clients] },
        Authenticator, DeadLetterReplay, ExplorationFeedback, Planner, RuleExpressions, Preview, ChangeLog, People, Recommendations, AskRecommendation,
        { provide: APP_GUARD, useFactory: (reflector: Reflector, authenticator: Authenticator, limiter: RateLimiter) => new AccessGuard(reflector, authenticator, limiter), inject: [Reflector, Authenticator, RateLimiter] },
      ],
    };
  }
}
