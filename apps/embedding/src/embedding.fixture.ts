import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { FakeFeatureStore } from '@serendip/platform-catalogue-feed/testing';
import { writeBundle, type BundleManifest } from '@serendip/platform-bundles';
import { CallContext, Rpc, createGrpcClient, startGrpcService, type GrpcClient, type GrpcServer } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { retrieverBundle } from '@serendip/retrieval-adapters';
import type { RetrieverParts } from '@serendip/retrieval-domain';
import { control, create, features, retrieval, type MessageInitShape } from '@serendip/shared-contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddingConfig } from './embedding.config.js';
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

/** Once a condition holds; rejects when it does not come true in time. */
export async function until(condition: () => Promise<boolean> | boolean, mostMs = 10_000): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('This did not become true.');
    await sleep(10);
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
  private readonly aliases = new Map<string, MessageInitShape<typeof control.ModelAliasSchema>>();
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

  async start({ device = 'cpu' }: { readonly device?: EmbeddingConfig['SERENDIP_RETRIEVAL_DEVICE'] } = {}): Promise<void> {
    this.embedding = await startEmbedding({
      config: {
        SERENDIP_HOST: '127.0.0.1', SERENDIP_PORT: 0, SERENDIP_ADMIN_PORT: 0, SERENDIP_OBJECTS: `file:${join(this.directory, 'objects')}`, SERENDIP_CONTROL_TARGET: '', SERENDIP_LOG_LEVEL: 'silent',
        SERENDIP_RETRIEVAL_DEVICE: device,
        SERENDIP_DATA_DIR: join(this.directory, 'data'), SERENDIP_FEATURE_STORE_TARGET: `127.0.0.1:${this.featureStore?.port ?? 1}`,
      },
      logger: this.logger, watcher: this.watcher,
    });
    this.client = createGrpcClient(retrieval.EmbeddingService, { target: `127.0.0.1:${this.embedding.port}`, timeoutMs: 60_000 });
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

  /** Registers a version of the model `cf` and points the alias champion at it; answers the digest of its bundle. */
  async publish(version: number, parts: RetrieverParts, { broken = false } = {}): Promise<string> {
    const { bundle, digest } = await writeBundle(this.objects, retrieverBundle('cf', parts));
    if (broken) await this.objects.put(`${bundle}/bias.npy`, Uint8Array.of(1));
    this.register({ name: 'cf', version, kind: control.ModelKind.RETRIEVER, bundle, digest });
    return digest;
  }

  /** Registers a version of the item encoder `enc` and points the alias champion at it. */
  async publishEncoder(version: number, { model, ...more }: Pick<BundleManifest, 'features' | 'retriever'> & { readonly model: Uint8Array }): Promise<void> {
    const stored = await writeBundle(this.objects, { manifest: { name: 'enc', kind: 'item-encoder', format: 'onnx', metrics: {}, ...more }, files: { 'model.onnx': model } });
    this.register({ name: 'enc', version, kind: control.ModelKind.ITEM_ENCODER, ...stored });
  }

  private register(model: { readonly name: string; readonly version: number } & MessageInitShape<typeof control.ModelVersionSchema>): void {
    this.models.push(model);
    this.aliases.set(model.name, { model: model.name, alias: 'champion', version: model.version, previousVersion: this.aliases.get(model.name)?.version ?? 0 });
    this.watcher.set({ models: this.models, aliases: [...this.aliases.values()], placements: [{ name: 'home', retriever: 'cf@champion' }] });
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.embedding.adminPort}${path}`);
    return { status: response.status, text: await response.text() };
  }

  async isReady(): Promise<boolean> {
    return (await this.get('/readyz')).status === 200;
  }
}
