import 'reflect-metadata';
import { ParquetArchive } from '@serendip/events-adapters';
import { ConfigWatcher, loadConfig, spareFullCollections } from '@serendip/platform-config';
import { pricesOf } from '@serendip/platform-config/prices';
import { createGrpcClient, onShutdown, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { control, training } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import { watchArchive } from './archive/archive-metrics.js';
import { ArchiveThread } from './archive/archive-thread.js';
import { archiveVersions } from './archive/versions.js';
import { evaluation } from './checks/evaluation/evaluate-ranker.js';
import { ModelChecks } from './checks/model-checks.js';
import { DataSets } from './data-sets/data-sets.js';
import { Exports } from './data-sets/export/exports.js';
import { publisher } from './run/publish.js';
import { TrainingRuns } from './run/training-runs.js';
import { trainerConfig } from './trainer.config.js';

spareFullCollections();
const config = loadConfig(trainerConfig);
const logger = createLogger('trainer', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('trainer');
const objects = openObjectStore(config.SERENDIP_OBJECTS);
const watcher = await ConfigWatcher.start({ controlTarget: config.SERENDIP_CONTROL_TARGET, objects, logger });
const client = createGrpcClient(control.ControlService, { target: config.SERENDIP_CONTROL_TARGET, timeoutMs: 10_000 });
const checks = new ModelChecks({
  client, objects, logger, prices: pricesOf(config),
  evaluate(id, version) {
    const tenant = watcher.tenant(id);
    return tenant === undefined ? undefined : evaluation(tenant, version, { log: config.SERENDIP_LOG, objects: config.SERENDIP_OBJECTS, bundles: objects });
  },
});
checks.follow(watcher.current);
watcher.onChange((snapshot) => checks.follow(snapshot));
const runs = new TrainingRuns({ logger, publish: publisher(client, checks) });
const archive = new ArchiveThread({
  log: config.SERENDIP_LOG, objects: config.SERENDIP_OBJECTS, versions: archiveVersions(),
  retention: { ageMs: config.SERENDIP_LOG_RETENTION_HOURS * 3_600_000, bytes: config.SERENDIP_LOG_RETENTION_GB * 1e9 },
}, logger);
archive.start();
watchArchive(registry, archive);
const dataSets = new DataSets({ objects, archive: new ParquetArchive(objects), now: () => Date.now() });
const exports = new Exports({ objects, objectsUrl: config.SERENDIP_OBJECTS, logger });
const server = await startGrpcService({
  module: AppModule.with({ config, runs, watcher, archive, dataSets, exports }), services: [training.TrainerService, training.DatasetService], host: config.SERENDIP_HOST, port: config.SERENDIP_PORT, logger,
});
const admin = await startAdminServer({
  host: config.SERENDIP_HOST, port: config.SERENDIP_ADMIN_PORT, registry, logger,
  readiness: () => [{ name: 'trainer', ready: true, detail: `${runs.running} runs` }, { name: 'archive', ready: true, detail: archive.trouble }],
});
onShutdown(async () => {
  await server.close();
  await runs.close();
  await exports.close();
  await archive.stop();
  checks.close();
  await admin.close();
  client.close();
  await watcher.stop();
}, logger);
