import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigurationRepository } from '@serendip/control-domain';
import { InMemoryIdempotencyKeys } from '@serendip/control-domain/testing';
import { createGrpcClient, startGrpcService, type GrpcClient, type GrpcServer } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { control, fromBinary } from '@serendip/shared-contracts';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import { ModelRetention } from './model-retention.js';
import { Snapshots } from './snapshots.service.js';

/** The service on loopback, with objects in a directory of its own. */
export class Fixture {
  private constructor(
    readonly client: GrpcClient<typeof control.ControlService>, readonly objects: ObjectStore, readonly registry: Registry, readonly snapshots: Snapshots,
    private readonly server: GrpcServer, private readonly directory: string,
  ) {}

  static async start(repository: ConfigurationRepository): Promise<Fixture> {
    const directory = mkdtempSync(join(tmpdir(), 'control-objects-'));
    const objects = openObjectStore(`file:${directory}`);
    const logger = createLogger('control', 'silent');
    const registry = new Registry();
    const snapshots = new Snapshots(repository, objects, logger);
    const retention = new ModelRetention({ repository, snapshots, objects, logger });
    const module = AppModule.with({ repository, idempotencyKeys: new InMemoryIdempotencyKeys(), snapshots, retention, registry });
    const server = await startGrpcService({ module, services: [control.ControlService], host: '127.0.0.1', port: 0, logger, notReadyMs: 0, drainMs: 0 });
    snapshots.start();
    const client = createGrpcClient(control.ControlService, { target: `127.0.0.1:${server.port}`, timeoutMs: 10_000, breaker: false });
    return new Fixture(client, objects, registry, snapshots, server, directory);
  }

  /** What a service would start from while control is away. */
  async latest(): Promise<control.ConfigSnapshot | undefined> {
    const bytes = await this.objects.get('config/latest.bin');
    return bytes === undefined ? undefined : fromBinary(control.ConfigSnapshotSchema, bytes);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.server.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Reads a watch's snapshots until one is as wanted, and answers it. */
export async function watchUntil(client: Fixture['client'], wanted: (snapshot: control.ConfigSnapshot) => boolean): Promise<control.ConfigSnapshot> {
  for await (const { snapshot } of client.watchConfig({}, {})) if (snapshot !== undefined && wanted(snapshot)) return snapshot;
  throw new Error('The watch ended.');
}

/** A ranker's bundle whose digest is a digit over and over. */
export const bundle = (digit: string) => ({
  name: 'ranker', kind: control.ModelKind.RANKER, bundle: `models/ranker/${digit.repeat(64)}`, digest: digit.repeat(64), metrics: { 'ndcg@10': 0.25 },
});
