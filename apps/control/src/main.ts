import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresConfigurationRepository, startEmbeddedPostgres } from '@serendip/control-adapters';
import { loadConfig } from '@serendip/platform-config';
import { onShutdown, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { control } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import { controlConfig } from './control.config.js';
import { Snapshots } from './snapshots.service.js';

const config = loadConfig(controlConfig);
const logger = createLogger('control', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('control');
const database = config.SERENDIP_CONTROL_DATABASE;
const embedded = database.startsWith('embedded:') ? await startEmbeddedPostgres({ directory: database.slice('embedded:'.length), logger }) : undefined;
const repository = new PostgresConfigurationRepository(embedded?.url ?? database, (error) => logger.warn({ err: error }, 'A database connection broke.'));
const snapshots = new Snapshots(repository, openObjectStore(config.SERENDIP_OBJECTS), logger);

const server = await startGrpcService({
  module: AppModule.with({ repository, snapshots }), services: [control.ControlService], host: config.SERENDIP_HOST, port: config.SERENDIP_PORT, logger,
});
const admin = await startAdminServer({
  host: config.SERENDIP_HOST, port: config.SERENDIP_ADMIN_PORT, registry, logger,
  readiness: () => [{ name: 'database', ready: snapshots.failure === undefined, ...(snapshots.failure === undefined ? {} : { detail: snapshots.failure }) }],
});
onShutdown(async () => {
  await server.close();
  await admin.close();
  await repository.close();
  await embedded?.stop();
}, logger);

// The database may come later than this process.
for (let wait = 100; ; wait = Math.min(5000, wait * 2)) {
  const failure = await repository.migrate().then(() => undefined, (error: unknown) => error);
  if (failure === undefined) break;
  logger.warn({ err: failure }, 'The database is not there yet; trying again.');
  await sleep(wait);
}
snapshots.start();
