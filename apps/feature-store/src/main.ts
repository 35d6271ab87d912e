import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { ParquetArchive, openEventLog } from '@serendip/events-adapters';
import { ArchivedLog } from '@serendip/events-domain';
import { MessageDocuments, openGenerations, openStateStore } from '@serendip/features-adapters';
import { WriteBehindStateStore } from '@serendip/features-domain';
import { loadConfig, spareFullCollections } from '@serendip/platform-config';
import { createGrpcClient, onShutdown, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { events, features } from '@serendip/shared-contracts';
import { AppliedPositions } from './applied-positions.js';
import { cursorApart } from './cursor-apart.js';
import { featureStoreConfig } from './feature-store.config.js';
import { FeatureStoreMetrics } from './feature-store.metrics.js';
import { Replica } from './replica.js';

spareFullCollections();
const config = loadConfig(featureStoreConfig);
const logger = createLogger('feature-store', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('feature-store');
const metrics = new FeatureStoreMetrics(registry);
const held = await openEventLog(config.SERENDIP_LOG, { mode: 'reader' });
const log = new ArchivedLog(held, new ParquetArchive(openObjectStore(config.SERENDIP_OBJECTS)));
const onRebuild = (layout: number): void => logger.warn({ layout }, 'The state is of another version; it is made again from the log.');
const engine = await openStateStore(config.SERENDIP_STATE, { onRebuild });
const store = new WriteBehindStateStore(config.SERENDIP_FAULT === 'cursor-apart' ? cursorApart(engine) : engine);
const applied = new AppliedPositions(store.written, held.positions, logger);
const ingestion = createGrpcClient(events.IngestionService, { target: config.SERENDIP_INGESTION_TARGET, timeoutMs: 5000 });
const statisticsEveryMs = config.SERENDIP_STATISTICS_EVERY_MS;
const self = { id: randomUUID(), address: config.SERENDIP_ADVERTISED_ADDRESS ?? `${config.SERENDIP_HOST}:${config.SERENDIP_PORT}` };
const dedupe = config.SERENDIP_FAULT !== 'no-dedupe';
const generations = openGenerations(config.SERENDIP_STATE, engine);
const beside = generations && { generations, task: { log: config.SERENDIP_LOG, objects: config.SERENDIP_OBJECTS, logLevel: config.SERENDIP_LOG_LEVEL, dedupe } };
const replica = new Replica({ log, store, documents: new MessageDocuments(), ingestion, metrics, logger, dedupe, self, statisticsEveryMs, beside });
await replica.start();
applied.start();
const { follower } = replica;
metrics.watchLag(() => follower.owned.map((runner) => ({ partition: runner.partition, seconds: runner.lagSeconds(Date.now()), records: runner.lagRecords })));

const server = await startGrpcService({ module: replica.module, services: [features.FeatureStoreService, features.PeopleService, features.RebuildService], host: config.SERENDIP_HOST, port: config.SERENDIP_PORT, logger });
const admin = await startAdminServer({
  host: config.SERENDIP_HOST, port: config.SERENDIP_ADMIN_PORT, registry, logger,
  readiness: () => [
    { name: 'log', ready: follower.logReadable },
    { name: 'state', ready: follower.caughtUp, detail: follower.lag() },
  ],
});
onShutdown(async () => {
  await replica.handOver();
  await server.close();
  await admin.close();
  await replica.stop();
  await applied.stop();
  ingestion.close();
  await log.close();
  await store.close();
}, logger);
