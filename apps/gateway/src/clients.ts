import type { Provider } from '@nestjs/common';
import { createGrpcClient, type GrpcClient } from '@serendip/platform-grpc';
import { PartitionOwners } from '@serendip/serving-adapters';
import { control, events, features, ranking, retrieval, training } from '@serendip/shared-contracts';
import type { GatewayConfig } from './gateway.config.js';

/** One client for each service behind the gateway, and for each feature store where there are several. */
export class Clients {
  readonly ingestion: GrpcClient<typeof events.IngestionService>;
  readonly featureStore: GrpcClient<typeof features.FeatureStoreService>;
  readonly people: GrpcClient<typeof features.PeopleService>;
  readonly rebuilds: GrpcClient<typeof features.RebuildService>;
  readonly owners: PartitionOwners;
  readonly embedding: GrpcClient<typeof retrieval.EmbeddingService>;
  readonly ranking: GrpcClient<typeof ranking.RankingService>;
  readonly control: GrpcClient<typeof control.ControlService>;
  readonly trainer: GrpcClient<typeof training.TrainerService>;
  readonly datasets: GrpcClient<typeof training.DatasetService>;

  constructor(config: GatewayConfig) {
    this.ingestion = createGrpcClient(events.IngestionService, { target: config.SERENDIP_INGESTION_TARGET, timeoutMs: 3000, exchange: true });
    const featureStoreAt = (target: string) => createGrpcClient(features.FeatureStoreService, { target, exchange: true });
    this.featureStore = featureStoreAt(config.SERENDIP_FEATURE_STORE_TARGET);
    this.owners = new PartitionOwners(this.featureStore, featureStoreAt);
    this.people = createGrpcClient(features.PeopleService, { target: config.SERENDIP_FEATURE_STORE_TARGET, timeoutMs: 30_000 });
    this.rebuilds = createGrpcClient(features.RebuildService, { target: config.SERENDIP_FEATURE_STORE_TARGET, timeoutMs: 3000 });
    this.embedding = createGrpcClient(retrieval.EmbeddingService, { target: config.SERENDIP_EMBEDDING_TARGET, exchange: true });
    this.ranking = createGrpcClient(ranking.RankingService, { target: config.SERENDIP_RANKING_TARGET, exchange: true });
    this.control = createGrpcClient(control.ControlService, { target: config.SERENDIP_CONTROL_TARGET, timeoutMs: 3000 });
    this.datasets = createGrpcClient(training.DatasetService, { target: config.SERENDIP_TRAINER_TARGET, timeoutMs: 5000 });
    this.trainer = createGrpcClient(training.TrainerService, { target: config.SERENDIP_TRAINER_TARGET, timeoutMs: 3000 });
  }

  close(): void {
    for (const client of Object.values(this) as { close(): void }[]) client.close();
  }
}

export const clientsProvider = (config: GatewayConfig): Provider => ({ provide: Clients, useFactory: () => new Clients(config) });
