import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { FakeFeatureStore } from '@serendip/platform-catalogue-feed/testing';
import { writeBundle } from '@serendip/platform-bundles';
import { CallContext, Rpc, createGrpcClient, startGrpcService, type GrpcClient, type GrpcServer } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { retrieverBundle } from '@serendip/retrieval-adapters';
import type { RetrieverParts } from '@serendip/retrieval-domain';
import { control, create, features, retrieval, type MessageInitShape } from '@serendip/shared-contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedding, type Embedding } from './start-embedding.js';

@Controller()
class FeatureStoreController {
  constructor(private readonly store: FakeFeatureStore) {}

  @Rpc(features.FeatureStoreService, 'watchCatalogue')
  watchCatalogue(request: features.WatchCatalogueRequest, { signal }: CallContext) {
    return this.store.watchCatalogue(request, { signal });
  }

  @Rpc(features.FeatureStoreService, 'watchItemStatistics')
  watchItemStatistics(request: features.WatchItemStatisticsRequest, { signal }: CallContext) {
    return this.store.watchItemStatistics(request, { signal });
  }
}

@Module({})
class FeatureStoreModule {
  static with(store: FakeFeatureStore): DynamicModule {
    return { module: FeatureStoreModule, controllers: [FeatureStoreController], providers: [{ provide: FakeFeatureStore, useValue: store }] };
  }
}

type EmbeddingClient = GrpcClient<typeof retrieval.EmbeddingService>;

/** A configuration that a test changes. */
class FakeWatcher {
  current = create(control.ConfigSnapshotSchema, { tenants: [{ id: 't' }] });
  private readonly listeners = new Set<(snapshot: control.ConfigSnapshot) => void>();

  onChange(listener: (snapshot: control.ConfigSnapshot) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(tenant: MessageInitShape<typeof control.TenantSchema>): void {
    this.current = create(control.ConfigSnapshotSchema, { version: this.current.version + 1, tenants: [{ id: 't', ...tenant }] });
    for (const listener of this.listeners) listener(this.current);
  }
}

/** The embedding service with a feature store and a configuration of a test, over real gRPC on loopback. */
export class Fixture {
  readonly store = new FakeFeatureStore();
  readonly watcher = new FakeWatcher();
  readonly objects: ObjectStore;
  client!: EmbeddingClient;
  embedding!: Embedding;
  private readonly logger = createLogger('test', 'silent');
  private readonly models: MessageInitShape<typeof control.ModelVersionSchema>[] = [];
  private featureStore: GrpcServer | undefined;

  private constructor(private readonly directory: string) {
    this.objects = openObjectStore(`file:${join(directory, 'objects')}`);
  }

  static async create(): Promise<Fixture> {
    return new Fixture(await mkdtemp(join(tmpdir(), 'embedding-')));
  }

  async startFeatureStore(): Promise<void> {
    this.featureStore = await startGrpcService({
      module: FeatureStoreModule.with(this.store), services: [features.FeatureStoreService], host: '127.0.0.1', port: 0, logger: this.logger, drainMs: 50, notReadyMs: 0,
    });
  }

  async stopFeatureStore(): Promise<void> {
    await this.featureStore?.close();
    this.featureStore = undefined;
  }

  async start(): Promise<void> {
    this.embedding = await startEmbedding({
      config: {
        SERENDIP_HOST: '127.0.0.1', SERENDIP_PORT: 0, SERENDIP_ADMIN_PORT: 0, SERENDIP_OBJECTS: '', SERENDIP_CONTROL_TARGET: '', SERENDIP_LOG_LEVEL: 'silent',
        SERENDIP_DATA_DIR: join(this.directory, 'data'), SERENDIP_FEATURE_STORE_TARGET: `127.0.0.1:${this.featureStore?.port ?? 1}`,
      },
      logger: this.logger, objects: this.objects, watcher: this.watcher,
    });
    this.client = createGrpcClient(retrieval.EmbeddingService, { target: `127.0.0.1:${this.embedding.port}`, timeoutMs: 5000 });
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.embedding.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.stopFeatureStore();
    await rm(this.directory, { recursive: true });
  }

  /** Registers a version of the model `cf` and points the alias champion at it. */
  async publish(version: number, parts: RetrieverParts, { broken = false } = {}): Promise<void> {
    const { bundle, digest } = await writeBundle(this.objects, retrieverBundle('cf', parts));
    if (broken) await this.objects.put(`${bundle}/bias.npy`, Uint8Array.of(1));
    this.models.push({ name: 'cf', version, kind: control.ModelKind.RETRIEVER, bundle, digest });
    this.watcher.set({ models: this.models, aliases: [{ model: 'cf', alias: 'champion', version }], placements: [{ name: 'home', retriever: 'cf@champion' }] });
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.embedding.adminPort}${path}`);
    return { status: response.status, text: await response.text() };
  }

  async isReady(): Promise<boolean> {
    return (await this.get('/readyz')).status === 200;
  }
}
