import 'reflect-metadata';
import { loadConfig } from '@serendip/platform-config';
import { onShutdown, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { control } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import { controlConfig } from './control.config.js';
import { openDatabase } from './database.js';
import { ModelRetention } from './model-retention.js';
import { Snapshots } from './snapshots.service.js';

const { SERENDIP_HOST: host, ...config } = loadConfig(controlConfig);
const logger = createLogger('control', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('control');
const database = await openDatabase(config.SERENDIP_CONTROL_DATABASE, logger);
const { repository, idempotencyKeys } = database;
const objects = openObjectStore(config.SERENDIP_OBJECTS);
const snapshots = new Snapshots(repository, objects, logger);
const retention = new ModelRetention({ repository, snapshots, objects, logger });
const module = AppModule.with({ repository, idempotencyKeys, snapshots, retention, registry });
const server = await startGrpcService({ module, services: [control.ControlService], host, port: config.SERENDIP_PORT, logger, ready: false });
const admin = await startAdminServer({ host, port: config.SERENDIP_ADMIN_PORT, registry, logger, readiness: () => snapshots.status() });
onShutdown(async () => {
  await server.close();
  await admin.close();
  await database.close();
}, logger);
// Once there is something to watch, it stays ready while the database is away.
void snapshots.first().then(() => server.setReady(true));
snapshots.start();
