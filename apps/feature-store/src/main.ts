import 'reflect-metadata';
import { ParquetArchive, openEventLog } from '@serendip/events-adapters';
import { ArchivedLog } from '@serendip/events-domain';
import { MessageDocuments, openStateStore } from '@serendip/features-adapters';
import { WriteBehindStateStore } from '@serendip/features-domain';
import { loadConfig, spareFullCollections } from '@serendip/platform-config';
import { createGrpcClient, onShutdown, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { events, features } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import { featureStoreConfig } from './feature-store.config.js';
import { FeatureStoreMetrics } from './feature-store.metrics.js';
import { LogFollower } from './log-follower.service.js';
import { OutboxSender } from './outbox-sender.js';
import { Erasure } from './people/erasure.js';
import { Settlement } from './people/settlement.js';
import { PoisonReports } from './poison-reports.js';
import { StateWriter } from './state-writer.js';

spareFullCollections();
const config = loadConfig(featureStoreConfig);
const logger = createLogger('feature-store', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('feature-store');
const metrics = new FeatureStoreMetrics(registry);
const log = new ArchivedLog(await openEventLog(config.SERENDIP_LOG, { mode: 'reader' }), new ParquetArchive(openObjectStore(config.SERENDIP_OBJECTS)));
const onRebuild = (layout: number): void => logger.warn({ layout }, 'The state is of another version; it is made again from the log.');
const store = new WriteBehindStateStore(await openStateStore(config.SERENDIP_STATE, { onRebuild }));
const ingestion = createGrpcClient(events.IngestionService, { target: config.SERENDIP_INGESTION_TARGET, timeoutMs: 5000 });
const sender = new OutboxSender({ store, ingestion, logger, metrics });
const poison = new PoisonReports({ ingestion, metrics, logger });
const follower = new LogFollower({ log, store, documents: new MessageDocuments(), logger, metrics, sender, poison, dedupe: config.SERENDIP_FAULT !== 'no-dedupe' });
const erasure = new Erasure({ log, store, ingestion, settlement: new Settlement({ log, store }) });
const writer = new StateWriter({ store, logger, metrics });
await follower.start();
writer.start();
const worstLag = (): number => Math.max(...follower.runners.map((runner) => runner.lagSeconds(Date.now())));
metrics.watchLag({ seconds: worstLag, records: () => follower.runners.reduce((sum, { lagRecords }) => sum + lagRecords, 0) });

const server = await startGrpcService({
  module: AppModule.with({ store, log, follower, erasure, statisticsEveryMs: config.SERENDIP_STATISTICS_EVERY_MS }),
  services: [features.FeatureStoreService, features.PeopleService], host: config.SERENDIP_HOST, port: config.SERENDIP_PORT, logger,
});
const admin = await startAdminServer({
  host: config.SERENDIP_HOST, port: config.SERENDIP_ADMIN_PORT, registry, logger,
  readiness: () => [
    { name: 'log', ready: follower.logReadable },
    { name: 'state', ready: follower.caughtUp, detail: `${worstLag().toFixed(1)} s behind` },
  ],
});
onShutdown(async () => {
  await server.close();
  await admin.close();
  await follower.stop();
  await sender.stop();
  await writer.stop();
  await poison.close();
  ingestion.close();
  await log.close();
  await store.close();
}, logger);
